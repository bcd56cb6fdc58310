import { describe, expect, it } from '@jest/globals';
import { grantsOf } from './policies.ts';
import { ofType, synthesize } from './synthesize.ts';

const { resources } = synthesize({ namespaces: { bio: { writeBuckets: ['bio-results'] }, '*': {} }, resultsBucket: true });
const grants = grantsOf(resources);

/** Actions that know no resource, by the Service Authorization Reference; what they show is not secret within an account. */
const actionsWithoutResource = new Set([
  'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets',
  'xray:PutSpans', 'xray:PutSpansForIndexing', 'cloudwatch:PutMetricData',
  'ec2:DescribeInstances', 'ec2:DescribeInstanceStatus', 'ec2:DescribeInstanceTypes', 'ec2:DescribeInstanceTypeOfferings', 'ec2:DescribeSpotPriceHistory',
  'ec2:DescribeSubnets', 'ec2:DescribeCapacityReservations', 'ec2:DescribeAvailabilityZones', 'ec2:GetSpotPlacementScores',
  'servicequotas:ListServiceQuotas',
  'ec2:DescribeFleets', 'ec2:DescribePlacementGroups', 'pricing:GetProducts', 'dynamodb:ListStreams',
  'ssm:DescribeInstanceInformation', 'ssm:ListCommands', 'ssm:ListCommandInvocations', 'ssm:CancelCommand',
  'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage', 'ec2messages:DeleteMessage', 'ec2messages:FailMessage', 'ec2messages:GetEndpoint',
  'ec2messages:GetMessages', 'ec2messages:SendReply',
  // Log delivery of Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
]);

/** Functions by their handler's name in the stack, with a statement for the action. */
function whoMay(action: string): string[] {
  return grants.filter(({ actions }) => actions.includes(action)).map(({ policy }) => policy.replace(/RoleDefaultPolicy\w+$/, '')).sort();
}

describe('identity policies', () => {
  it('name every action, without a wildcard', () => {
    const wildcards = grants.flatMap(({ policy, actions }) => actions.filter((action) => action.includes('*')).map((action) => `${policy}: ${action}`));
    expect(wildcards).toEqual([]);
  });

  it('send spans of jobs, and read them of jobs alone', () => {
    expect(whoMay('xray:PutSpans')).toContain('SchedulingPublishEvents');
    const reads = grants.filter(({ policy, actions }) => policy.startsWith('SchedulingPublishEvents') && actions.includes('dynamodb:Query'));
    expect(reads.map(({ conditions }) => conditions)).toEqual([{ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['JOB#*'] } }]);
    const elsewhere = grantsOf(synthesize({ telemetry: { otlpEndpoint: 'https://otlp.example.org' } }).resources);
    expect(elsewhere.some(({ policy, actions }) => policy.startsWith('SchedulingPublishEvents') && actions.includes('xray:PutSpans'))).toBe(false);
  });

  it('let nodes send what their collectors take in, metrics of one namespace alone, and nothing where there are no collectors', () => {
    const ofNodes = (telemetry: object) => grantsOf(synthesize({ telemetry }).resources)
      .filter(({ policy }) => policy.startsWith('NodesAnyNamespaceRole'))
      .map(({ actions, conditions }) => [actions.filter((action) => /^(xray|cloudwatch):/.test(action)), conditions] as const)
      .filter(([actions]) => actions.length > 0);
    const namespace = { 'cloudwatch:namespace': 'AdvancedOrchestrator/orchestrator/Nodes' };
    expect(ofNodes({})).toEqual([
      [['xray:PutSpans', 'xray:PutSpansForIndexing'], undefined], [['cloudwatch:PutMetricData'], { StringEquals: namespace }],
    ]);
    // Those of programs have no namespace.
    expect(ofNodes({ nodeMetrics: false })).toEqual([[['xray:PutSpans', 'xray:PutSpansForIndexing'], undefined]]);
    expect(ofNodes({ nodeMetrics: false, programMetrics: true }).at(-1)).toEqual([['cloudwatch:PutMetricData'], { StringEqualsIfExists: namespace }]);
    const otlpEndpoint = 'https://otlp.example.org';
    expect(ofNodes({ otlpEndpoint })).toEqual([[['cloudwatch:PutMetricData'], { StringEquals: namespace }]]);
    expect(ofNodes({ otlpEndpoint, nodeMetrics: false })).toEqual([]);
    expect(ofNodes({ collector: 'none' })).toEqual([]);
  });

  it('see which instances EC2 does not reach, the reconciler alone', () => {
    expect(whoMay('ec2:DescribeInstanceStatus')).toEqual([expect.stringContaining('Reconcile')]);
  });

  it('allow all resources only for actions that know none', () => {
    const unexplained = grants
      .filter(({ resources: on }) => on.includes('*'))
      .flatMap(({ policy, actions }) => actions.filter((action) => !actionsWithoutResource.has(action)).map((action) => `${policy}: ${action}`));
    expect(unexplained).toEqual([]);
  });

  it('terminate and command instances only by the tag of the deployment', () => {
    const onInstances = grants.filter(({ actions, resources: on }) =>
      actions.some((action) => ['ec2:TerminateInstances', 'ssm:SendCommand'].includes(action)) && JSON.stringify(on).includes(':instance/*'));
    expect(onInstances.length).toBeGreaterThan(3);
    for (const { conditions } of onInstances) {
      expect(conditions).toEqual({ StringEquals: { 'aws:ResourceTag/orchestrator:deployment': 'orchestrator' } });
    }
  });

  it('launch instances only from the launch templates of the deployment, with its tag', () => {
    const launches = grants.filter(({ actions }) => actions.includes('ec2:RunInstances'));
    const templates = ofType(resources, 'AWS::EC2::LaunchTemplate').map(([id]) => id);
    const named = launches.filter(({ resources: on }) => JSON.stringify(on).includes(':launch-template/'));
    expect(named).toHaveLength(4);
    for (const { resources: on } of named) {
      expect(on).toHaveLength(templates.length + 1);
      expect(JSON.stringify(on)).toContain(':spot-instances-request/*');
      for (const id of templates) expect(JSON.stringify(on)).toContain(`{"Ref":"${id}"}`);
    }
    for (const { conditions, resources: on } of launches.filter((grant) => !named.includes(grant))) {
      expect(conditions).toMatchObject({ ArnLike: { 'ec2:LaunchTemplate': expect.anything() } });
      if (JSON.stringify(on).includes(':instance/*')) {
        expect(conditions).toMatchObject({ StringEquals: { 'aws:RequestTag/orchestrator:deployment': 'orchestrator' } });
      }
    }
  });

  it('make, use and remove placement groups only with the tag and the name of the deployment', () => {
    const onGroups = grants.filter(({ resources: on }) => JSON.stringify(on).includes(':placement-group/'));
    expect(new Set(onGroups.flatMap(({ actions }) => actions))).toEqual(new Set(['ec2:CreatePlacementGroup', 'ec2:CreateTags', 'ec2:CreateFleet', 'ec2:RunInstances', 'ec2:DeletePlacementGroup']));
    expect(whoMay('ec2:DeletePlacementGroup')).toEqual(['EventsReconcile']);
    expect(whoMay('ec2:CreatePlacementGroup')).toEqual(['LifecycleAcquireCapacity', 'LifecycleAwaitNodes']);
    expect(whoMay('ec2:DescribePlacementGroups')).toEqual(['EventsReconcile', 'LifecycleAcquireCapacity', 'LifecycleAwaitNodes']);
    for (const { actions, resources: on, conditions } of onGroups) {
      expect(JSON.stringify(on)).toContain(':placement-group/orchestrator-*');
      const tag = actions.includes('ec2:CreateTags') ? { 'ec2:CreateAction': 'CreatePlacementGroup' }
        : { [`aws:${actions.includes('ec2:CreatePlacementGroup') ? 'RequestTag' : 'ResourceTag'}/orchestrator:deployment`]: 'orchestrator' };
      expect(conditions).toMatchObject({ StringEquals: tag });
    }
  });

  it('pass only the roles of nodes, and only to EC2', () => {
    const passes = grants.filter(({ actions }) => actions.includes('iam:PassRole'));
    const nodeRoles = ofType(resources, 'AWS::IAM::Role').map(([id]) => id).filter((id) => /^Nodes(AnyNamespace|Namespacebio)Role/.test(id));
    for (const { conditions, resources: on } of passes) {
      expect(conditions).toEqual({ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
      expect(on).toEqual(expect.arrayContaining(nodeRoles.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }))));
      expect(on).toHaveLength(nodeRoles.length);
    }
  });

  it('let only those launch, start and answer who have to', () => {
    expect(whoMay('ec2:CreateFleet')).toEqual(expect.arrayContaining(['EventsReconcile', 'LifecycleAcquireCapacity', 'LifecycleAwaitNodes', 'LifecycleDestroyNodes']));
    expect(new Set(whoMay('ec2:CreateFleet')).size).toBe(4);
    expect(whoMay('states:StartExecution')).toEqual(['EventsReconcile', 'SchedulingScheduleJobs']);
    expect(whoMay('states:SendTaskSuccess')).toEqual([
      'ApiCancelJob', 'ApiReleaseJob', 'EventsOnCommandFinished', 'EventsOnInstanceEvent', 'EventsReconcile', 'LifecycleParkJob', 'LifecycleRunStep', 'SchedulingScheduleJobs',
    ]);
    // Who waits for nodes tells the head which are lost, and stops no command.
    expect(whoMay('ssm:CancelCommand')).toEqual(['EventsOnCommandFinished', 'EventsReconcile', 'LifecycleRunStep']);
    expect(new Set(whoMay('ssm:SendCommand'))).toEqual(new Set([...whoMay('ssm:CancelCommand'), 'LifecycleAwaitNodes']));
    expect(whoMay('ec2:TerminateInstances')).toEqual(['EventsReconcile', 'LifecycleAcquireCapacity', 'LifecycleAwaitNodes', 'LifecycleDestroyNodes']);
  });

  it('let who says why a job is where it is read the table and the log of jobs, and nothing else', () => {
    expect(whoMay('logs:FilterLogEvents')).toEqual(['ApiDiagnoseJob', 'ApiReadLogs']);
    const own = grants.filter(({ policy }) => policy.startsWith('ApiDiagnoseJob')).flatMap(({ actions }) => actions);
    expect(own.filter((action) => !/^(xray:Put|xray:GetSampling|dynamodb:(GetItem|BatchGetItem|Query|Scan)$|logs:(FilterLogEvents|CreateLogStream|PutLogEvents)$)/.test(action))).toEqual([]);
  });

  it('ask for what is known of the market only where launches are decided, and let one function write it', () => {
    const onFacts = grants.filter(({ resources: on }) => JSON.stringify(on).includes('/market/facts.json'));
    const role = (policy: string): string => policy.replace(/RoleDefaultPolicy\w+$/, '');
    // Not where jobs are submitted: dry runs take no question from the few that an account may ask.
    expect(whoMay('ec2:GetSpotPlacementScores')).toEqual(['LifecycleAcquireCapacity', 'LifecycleAwaitNodes']);
    expect(whoMay('servicequotas:ListServiceQuotas')).toEqual(['MarketRefreshMarket']);
    expect(onFacts.filter(({ actions }) => actions.includes('s3:PutObject')).map(({ policy }) => role(policy))).toEqual(['MarketRefreshMarket']);
    expect(onFacts.flatMap(({ actions }) => actions).filter((action) => !['s3:GetObject', 's3:PutObject'].includes(action))).toEqual([]);
    for (const { resources: on } of onFacts) expect(on).toHaveLength(1);
  });

  it('ask for no placement scores and no reservations where the deployment uses none', () => {
    const actionsWith = (configuration: Parameters<typeof synthesize>[0]): Set<string> => new Set(grantsOf(synthesize(configuration).resources).flatMap(({ actions }) => actions));
    const [plain, full] = [actionsWith({ capacity: { placementScoresPerDay: 0 } }), actionsWith({ namespaces: { '*': { capacityReservations: ['cr-00000000000000001'] } } })];
    const optional = ['ec2:GetSpotPlacementScores', 'ec2:DescribeAvailabilityZones', 'ec2:DescribeCapacityReservations'];
    expect(optional.filter((action) => plain.has(action))).toEqual([]);
    expect(optional.filter((action) => full.has(action))).toEqual(optional);
    expect(plain).toContain('ec2:DescribeSubnets');
  });

  it('read the facts of the market with the key of the deployment where it has one', () => {
    const keyed = grantsOf(synthesize({ customerManagedKey: true }).resources).filter(({ actions }) => actions.includes('kms:Decrypt'));
    const readers = new Set(keyed.map(({ policy }) => policy.replace(/RoleDefaultPolicy\w+$/, '')));
    for (const reader of ['ApiSubmitJob', 'LifecycleAcquireCapacity', 'LifecycleAwaitNodes', 'MarketRefreshMarket']) expect(readers).toContain(reader);
  });

  it('read the catalogue of images where manifests are accepted, and its images where nodes are launched', () => {
    const onCatalogue = grants.filter(({ resources: on }) => JSON.stringify(on).includes(':parameter/orchestrator/'));
    expect(whoMay('ssm:GetParametersByPath')).toEqual(['ApiPutManifest', 'ApiSubmitJob', 'ApiValidateManifest']);
    expect(new Set(whoMay('ssm:GetParameters'))).toEqual(new Set(whoMay('ec2:CreateFleet')));
    for (const { actions, resources: on } of onCatalogue) {
      expect(actions).toEqual([expect.stringMatching(/^ssm:GetParameters(ByPath)?$/)]);
      const names = on.map((each) => /:parameter\/(.*)"/.exec(JSON.stringify(each))?.[1]);
      for (const name of names) expect(name).toMatch(/^(orchestrator\/images\/slurm(\/\*)?|aws\/service\/.*)(?:\])?$/);
    }
  });

  it('give nodes no more than commands, logs, telemetry and their buckets', () => {
    const actions = grants.filter(({ policy }) => policy.startsWith('NodesAnyNamespaceRole')).flatMap((grant) => grant.actions);
    expect(actions.filter((action) => !/^(ssmmessages|ec2messages):/.test(action)).sort()).toEqual([
      'cloudwatch:PutMetricData', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 's3:PutObject', 'ssm:UpdateInstanceInformation',
      'xray:PutSpans', 'xray:PutSpansForIndexing',
    ]);
  });
});

describe('roles', () => {
  it('belong to one function each', () => {
    const roles = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => JSON.stringify(Properties['Role']));
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('have no managed policy but the one that API Gateway asks for', () => {
    const managed = ofType(resources, 'AWS::IAM::Role').filter(([, { Properties }]) => Properties['ManagedPolicyArns'] !== undefined);
    expect(managed.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiCloudWatchRole|^ApiApiCloudWatchRole/)]);
  });
});
