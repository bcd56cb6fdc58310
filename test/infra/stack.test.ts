import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { routes } from '../../core/api/routes.ts';
import { tableLayout } from '../../core/queue/table-layout.ts';
import { bundles, constructs, ofType, sourceRoot, synthesize } from './synthesize.ts';

const { template, resources, observability } = synthesize();
const production = synthesize({ production: true, resultsBucket: true });
const functions = ofType(resources, 'AWS::Lambda::Function');

/** Where CloudFormation and its CLI end: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const templateLimits = { resources: 500, bytes: 1_000_000 };

describe('the template', () => {
  it('stays below the limits of CloudFormation, with room for what comes', () => {
    expect(Object.keys(resources).length).toBeLessThan(templateLimits.resources * 0.8);
    expect(JSON.stringify(template.toJSON()).length).toBeLessThan(templateLimits.bytes * 0.7);
  });

  it('has no resource that a function of CDK would have to make', () => {
    expect(Object.values(resources).map(({ Type }) => Type).filter((type) => /^Custom::|CustomResource$/.test(type))).toEqual([]);
  });
});

describe('functions', () => {
  it('are all the handlers there are, and nothing else', () => {
    const deployed = functions.map(([, { Properties }]) =>
      (Properties['Environment'] as { Variables: Record<string, string> }).Variables['POWERTOOLS_SERVICE_NAME']).sort();
    expect(deployed).toEqual([...bundles.names]);
  });

  it('run on Node 24 with traces and JSON logs in a group that does not grow for ever', () => {
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
      });
    }
    for (const [, { Properties }] of ofType(resources, 'AWS::Logs::LogGroup')) expect(Properties['RetentionInDays']).toBe(30);
  });

  it('reserve no concurrency unless the deployment asks for it', () => {
    expect(functions.filter(([, { Properties }]) => 'ReservedConcurrentExecutions' in Properties)).toEqual([]);
    synthesize({ reservedConcurrency: { 'queue/schedule-jobs': 2 } }).template.hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: 2,
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'queue/schedule-jobs' }) },
    });
  });

  it('read feed and quotas as often as the deployment says', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
    synthesize({ capacity: { refreshMinutes: 15 } }).template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
  });

  it('that events invoke send what they cannot take to a queue with an alarm', () => {
    const queues = ofType(resources, 'AWS::SQS::Queue').map(([id]) => id);
    const rules = ofType(resources, 'AWS::Events::Rule')
      .flatMap(([, { Properties }]) => Properties['Targets'] as { Arn: unknown; DeadLetterConfig?: unknown }[])
      .filter(({ Arn }) => !JSON.stringify(Arn).includes('Topic'));
    const invoked = new Set(rules.map(({ Arn }) => JSON.stringify(Arn)));
    for (const { DeadLetterConfig } of rules) expect(DeadLetterConfig).toBeDefined();
    const streams = ofType(resources, 'AWS::Lambda::EventSourceMapping');
    for (const [, { Properties }] of streams) {
      expect(Properties).toMatchObject({ BisectBatchOnFunctionError: true, DestinationConfig: { OnFailure: { Destination: expect.anything() } } });
      invoked.add(JSON.stringify({ 'Fn::GetAtt': [(Properties['FunctionName'] as { Ref: string }).Ref, 'Arn'] }));
    }
    expect(ofType(resources, 'AWS::Lambda::EventInvokeConfig')).toHaveLength(invoked.size);
    expect(queues).toHaveLength(invoked.size);
    const [[, watching] = []] = ofType(resources, 'AWS::CloudFormation::Stack');
    const handedOn = Object.entries(watching?.Properties['Parameters'] as Record<string, unknown>);
    for (const queue of queues) {
      const [parameter] = handedOn.find(([, value]) => JSON.stringify(value) === JSON.stringify({ 'Fn::GetAtt': [queue, 'QueueName'] })) ?? [];
      observability.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { Ref: parameter } }],
      });
    }
  });
});

describe('the API', () => {
  const methods = ofType(resources, 'AWS::ApiGateway::Method');

  it('has every route of the table, signed', () => {
    expect(methods).toHaveLength(routes.length);
    for (const [, { Properties }] of methods) expect(Properties['AuthorizationType']).toBe('AWS_IAM');
  });

  it('refuses foreign addresses by a denial only, since an allow would let all callers in', () => {
    const { resources: confined } = synthesize({ api: { allowedCidrs: ['192.0.2.0/24'] } });
    const [[, api] = []] = ofType(confined, 'AWS::ApiGateway::RestApi');
    const policy = api?.Properties['Policy'] as { Statement: { Effect: string }[] };
    expect(policy.Statement.map(({ Effect }) => Effect)).toEqual(['Deny']);
  });

  it('answers with problem documents where no function is reached', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::ApiGateway::GatewayResponse')) {
      const { 'application/json': body } = Properties['ResponseTemplates'] as Record<string, string>;
      const filled = body?.replace('$context.error.messageString', '"why"').replaceAll('$context.requestId', 'id');
      expect(JSON.parse(filled ?? '')).toMatchObject({ type: expect.stringMatching(/^urn:orchestrator:problem:[a-z-]+$/), requestId: 'id' });
    }
  });
});

describe('the state machine', () => {
  const definition = readFileSync(join(sourceRoot, 'statemachines', 'job-lifecycle.asl.json'), 'utf8');

  it('finds a function for each of its placeholders', () => {
    const placeholders = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    const [[, machine] = []] = ofType(resources, 'AWS::StepFunctions::StateMachine');
    expect(Object.keys(machine?.Properties['DefinitionSubstitutions'] as object).sort()).toEqual([...placeholders].sort());
  });

  it('is started by its published version, which follows the definition', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachineVersion', {
      StateMachineRevisionId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LifecycleMachine'), 'StateMachineRevisionId'] },
    });
    template.hasResourceProperties('AWS::StepFunctions::StateMachineAlias', { Name: 'live', RoutingConfiguration: [{ Weight: 100 }] });
  });
});

describe('data', () => {
  it('is in one table as the store lays it out, encrypted and recoverable', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: tableLayout.partitionKey, KeyType: 'HASH' }, { AttributeName: tableLayout.sortKey, KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: Object.values(tableLayout.indexes).map(({ name, partitionKey, sortKey, projection }) => ({
        IndexName: name,
        KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }, { AttributeName: sortKey, KeyType: 'RANGE' }],
        Projection: { ProjectionType: projection },
      })),
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      StreamSpecification: { StreamViewType: tableLayout.stream },
      TimeToLiveSpecification: { AttributeName: tableLayout.ttlAttribute, Enabled: true },
    });
  });

  it('outlives a production stack and goes with any other', () => {
    const policies = (from: typeof resources) =>
      ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'].flatMap((type) => ofType(from, type).map(([, { DeletionPolicy }]) => DeletionPolicy));
    expect(new Set(policies(production.resources))).toEqual(new Set(['Retain']));
    expect(new Set(policies(resources))).toEqual(new Set(['Delete']));
    expect(constructs({ production: true }).stack.terminationProtection).toBe(true);
  });

  it('is in buckets closed to the public and to plain HTTP', () => {
    const buckets = ofType(production.resources, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const [, { Properties }] of buckets) {
      expect(Properties).toMatchObject({ PublicAccessBlockConfiguration: { BlockPublicPolicy: true }, BucketEncryption: expect.anything() });
    }
    expect(JSON.stringify(ofType(production.resources, 'AWS::S3::BucketPolicy'))).toContain('aws:SecureTransport');
  });

  it('is encrypted with a key of the deployment where that is asked for', () => {
    synthesize({ customerManagedKey: true }).template.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
    });
  });
});
