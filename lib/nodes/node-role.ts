import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { nodeMetricNamespace } from '../../core/runtimes/telemetry.ts';
import type { NamespaceConfiguration } from '../configuration/namespaces.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';

/** What every node of the deployment may use. */
export interface NodeAccess {
  readonly jobLogs: ILogGroup;
  readonly resultsBucket: IBucket | undefined;
  readonly configuration: Pick<DeploymentConfiguration, 'name' | 'telemetry'>;
}

/**
 * The role of a namespace's nodes. The managed policy for SSM lets a node read every parameter of the account, so
 * this is our own: to take commands, to write the logs of jobs and what collectors take in, and what the administrator adds.
 */
export function nodeRole(scope: Construct, namespace: string, settings: NamespaceConfiguration, access: NodeAccess): Role {
  const statements = [
    ...agentStatements(scope), logStatement(access.jobLogs), ...collectorStatements(access.configuration), ...resultStatements(namespace, access), ...bucketStatements(scope, settings),
  ];
  return new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    description: `Nodes of namespace ${namespace === '*' ? 'any other' : namespace}`,
    // In the role itself: a stack has room for 500 resources, and namespaces are many.
    inlinePolicies: { Node: new PolicyDocument({ statements }) },
  });
}

function resultStatements(namespace: string, { resultsBucket }: NodeAccess): PolicyStatement[] {
  if (resultsBucket === undefined) return [];
  // Without an entry of its own a namespace shares role and prefix with all others like it.
  const folder = namespace === '*' ? 'shared' : namespace;
  return [
    allow(['s3:PutObject', 's3:GetObject'], [resultsBucket.arnForObjects(`${folder}/*`)]),
    listing(resultsBucket.bucketArn, { StringLike: { 's3:prefix': `${folder}/*` } }),
  ];
}

function bucketStatements(scope: Construct, { readBuckets, writeBuckets }: NamespaceConfiguration): PolicyStatement[] {
  const bucket = (name: string, objectActions: string[]): PolicyStatement[] => {
    const arn = `arn:${Stack.of(scope).partition}:s3:::${name}`;
    return [allow(objectActions, [`${arn}/*`]), listing(arn)];
  };
  return [
    ...readBuckets.flatMap((name) => bucket(name, ['s3:GetObject'])),
    ...writeBuckets.flatMap((name) => bucket(name, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'])),
  ];
}

/** What the SSM agent does to take commands. The channels know no resources; both generations of them are allowed. */
export function agentStatements(scope: Construct): PolicyStatement[] {
  const stack = Stack.of(scope);
  return [
    allow(['ssm:UpdateInstanceInformation'], [stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' })]),
    allow([
      'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
      'ec2messages:AcknowledgeMessage', 'ec2messages:DeleteMessage', 'ec2messages:FailMessage',
      'ec2messages:GetEndpoint', 'ec2messages:GetMessages', 'ec2messages:SendReply',
    ], ['*']),
  ];
}

function logStatement(jobLogs: ILogGroup): PolicyStatement {
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [jobLogs.logGroupArn]);
}

/** What the collectors of nodes call. */
function collectorStatements({ name, telemetry }: NodeAccess['configuration']): PolicyStatement[] {
  if (telemetry.collector === 'none') return [];
  const toCloudWatch = telemetry.otlpEndpoint === undefined;
  // Metrics that come as OTLP have no namespace.
  const ofPrograms = toCloudWatch && telemetry.programMetrics;
  const operator = ofPrograms ? 'StringEqualsIfExists' : 'StringEquals';
  const metrics = allow(['cloudwatch:PutMetricData'], ['*']);
  metrics.addConditions({ [operator]: { 'cloudwatch:namespace': nodeMetricNamespace(name) } });
  return [
    ...(toCloudWatch ? [allow(['xray:PutSpans', 'xray:PutSpansForIndexing'], ['*'])] : []),
    ...(ofPrograms || telemetry.nodeMetrics ? [metrics] : []),
  ];
}

function listing(bucketArn: string, conditions?: Record<string, Record<string, string>>): PolicyStatement {
  const statement = allow(['s3:ListBucket'], [bucketArn]);
  if (conditions !== undefined) statement.addConditions(conditions);
  return statement;
}

export function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
