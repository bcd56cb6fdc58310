import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CloudWatchClient, DescribeAlarmHistoryCommand, GetMetricDataCommand, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient, CreateLogGroupCommand, DeleteQueryDefinitionCommand, DescribeQueryDefinitionsCommand, FilterLogEventsCommand,
  PutQueryDefinitionCommand, PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { eventually } from '../../../local/eventually.ts';
import { startLocalAws, type LocalAws } from './local-aws.ts';

// Longer than a condition is waited for.
jest.setTimeout(240_000);

const begin = new Date(Date.now() - 60_000);
let aws: LocalAws;
let cloudWatch: CloudWatchClient;
beforeAll(async () => {
  aws = await startLocalAws();
  cloudWatch = new CloudWatchClient(aws.client);
}, 120_000);
afterAll(async () => { await aws?.stop(); });

async function evaluate(): Promise<void> {
  await fetch(`${aws.endpoint}/_local/alarms/evaluate`, { method: 'POST', body: JSON.stringify({ at: new Date() }) });
}

/** The largest sum of a metric within an hour. */
async function sumOf(Namespace: string, MetricName: string, Name: string, Value: string): Promise<number | undefined> {
  const { MetricDataResults: [result] = [] } = await cloudWatch.send(new GetMetricDataCommand({
    StartTime: begin, EndTime: new Date(Date.now() + 60_000),
    MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] }, Period: 3600, Stat: 'Sum' } }],
  }));
  return result?.Values?.[0];
}

test('messages of a queue are counted when alarms are evaluated', async () => {
  const sqs = new SQSClient(aws.client);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'b' }));
  await evaluate();
  await expect(sumOf('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', 'dead')).resolves.toBeGreaterThanOrEqual(2);
});

test.each([['Succeed', 'ExecutionsSucceeded'], ['Fail', 'ExecutionsFailed']])('an execution that ends in %s is counted', async (Type, metric) => {
  const machines = new SFNClient(aws.client);
  const trust = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role: role } = await new IAMClient(aws.client).send(new CreateRoleCommand({
    RoleName: metric, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
  }));
  const { stateMachineArn = '' } = await machines.send(new CreateStateMachineCommand({
    name: metric, roleArn: role?.Arn ?? '', definition: JSON.stringify({ StartAt: 'End', States: { End: { Type } } }),
  }));
  await machines.send(new StartExecutionCommand({ stateMachineArn }));
  await eventually(`${metric} is 1`, async () => (await sumOf('AWS/States', metric, 'StateMachineArn', stateMachineArn)) === 1);
  await expect(sumOf('AWS/States', 'ExecutionsStarted', 'StateMachineArn', stateMachineArn)).resolves.toBe(1);
});

test('a rule writes events to a log group once a resource policy admits it', async () => {
  const logs = new CloudWatchLogsClient(aws.client);
  const events = new EventBridgeClient(aws.client);
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'audit' }));
  await events.send(new PutRuleCommand({ Name: 'audit', EventPattern: '{"source":["tests"]}' }));
  await events.send(new PutTargetsCommand({ Rule: 'audit', Targets: [{ Id: 'group', Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:audit' }] }));
  const put = (who: string) => events.send(new PutEventsCommand({ Entries: [{ Source: 'tests', DetailType: 'Audited', Detail: JSON.stringify({ who }) }] }));
  await put('nobody');
  const byEvents = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Resource: 'arn:aws:logs:us-east-1:000000000000:log-group:audit:*' };
  const makes = { ...byEvents, Action: 'logs:CreateLogStream' };
  const writes = { ...byEvents, Action: 'logs:PutLogEvents' };
  const admit = (...Statement: object[]) =>
    logs.send(new PutResourcePolicyCommand({ policyName: 'events', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  const forRule = (name: string) => ({ Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:us-east-1:000000000000:rule/${name}` } } });
  const sns = { Principal: { Service: 'sns.amazonaws.com' } };
  for (const less of [[writes], [makes, { ...writes, ...forRule('another') }], [{ ...makes, ...forRule('audit') }, writes], [{ ...makes, ...sns }, { ...writes, ...sns }]]) {
    await admit(...less);
    await put('nobody');
  }
  await admit(makes, { ...writes, ...forRule('audit') });
  await put('somebody');
  const written = await eventually('an event is written', async () => {
    const { events: found = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'audit' }));
    return found.length > 0 && found;
  });
  expect(written.map(({ message = '{}' }) => JSON.parse(message) as unknown)).toEqual([
    expect.objectContaining({ source: 'tests', 'detail-type': 'Audited', detail: { who: 'somebody' } }),
  ]);
  await expect(sumOf('AWS/Events', 'FailedInvocations', 'RuleName', 'audit')).resolves.toBe(5);
});

test('saved queries are kept', async () => {
  const logs = new CloudWatchLogsClient(aws.client);
  const { queryDefinitionId } = await logs.send(new PutQueryDefinitionCommand({ name: 'job/all', queryString: 'fields @message' }));
  await logs.send(new PutQueryDefinitionCommand({ queryDefinitionId, name: 'job/all', queryString: 'fields @message | limit 5' }));
  const described = () => logs.send(new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: 'job/' }));
  await expect(described()).resolves.toMatchObject({ queryDefinitions: [{ queryDefinitionId, queryString: 'fields @message | limit 5' }] });
  await logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId }));
  await expect(described()).resolves.toMatchObject({ queryDefinitions: [] });
});

test('an alarm’s action fails where the topic’s policy does not admit CloudWatch', async () => {
  const sns = new SNSClient(aws.client);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'closed' }));
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: TopicArn };
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));
  await cloudWatch.send(new PutMetricAlarmCommand({
    AlarmName: 'unheard', Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold', AlarmActions: [TopicArn ?? ''],
  }));
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'N', MetricData: [{ MetricName: 'M', Value: 2 }] }));
  await evaluate();
  const { AlarmHistoryItems: history = [] } = await cloudWatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'unheard', HistoryItemType: 'Action' }));
  expect(history.map(({ HistorySummary: summary }) => summary)).toEqual([expect.stringMatching(/not authorized to perform: SNS:Publish/)]);
});
