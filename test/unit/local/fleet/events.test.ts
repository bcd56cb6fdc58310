import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { matchesPattern } from '../../../../local/fleet/events/pattern.ts';
import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

const readMetadata = (path: string) =>
  [
    'imds=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest',
    "token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $imds/api/token)",
    `curl -sf -H "X-aws-ec2-metadata-token: $token" $imds/meta-data/${path}`,
  ].join('\n');
const READ_NOTICE = readMetadata('spot/instance-action');
const READ_RECOMMENDATION = readMetadata('events/recommendations/rebalance');

describe('event patterns', () => {
  const event = { source: 'aws.ec2', 'detail-type': 'Change', detail: { state: 'running', count: 3, tags: ['a', 'b'], 'instance-id': 'i-1' } };
  it.each([
    [{ source: ['aws.ec2'] }, true],
    [{ source: ['aws.ssm', 'aws.ec2'] }, true],
    [{ source: ['aws.ssm'] }, false],
    [{ detail: { state: ['running'] }, source: ['aws.ec2'] }, true],
    [{ detail: { state: [{ prefix: 'run' }] } }, true],
    [{ detail: { state: [{ suffix: 'x' }] } }, false],
    [{ detail: { state: [{ 'anything-but': ['pending', 'running'] }] } }, false],
    [{ detail: { state: [{ 'anything-but': { prefix: 'p' } }] } }, true],
    [{ detail: { state: [{ 'equals-ignore-case': 'RUNNING' }] } }, true],
    [{ detail: { state: [{ wildcard: 'r*g' }] } }, true],
    [{ detail: { count: [{ numeric: ['>', 1, '<=', 3] }] } }, true],
    [{ detail: { count: [{ numeric: ['>', 3] }] } }, false],
    [{ detail: { tags: ['b'] } }, true],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { state: [{ exists: false }] } }, false],
    [{ $or: [{ source: ['x'] }, { detail: { count: [3] } }] }, true],
    [{ detail: { other: { deep: ['x'] } } }, false],
  ])('%j fits: %s', (pattern, expected) => {
    expect(matchesPattern(JSON.stringify(pattern), event)).toBe(expected);
  });

  it('refuses what it does not understand', () => {
    expect(() => matchesPattern('{"detail":{"state":[{"cidr":"10.0.0.0/8"}]}}', event)).toThrow('cidr');
  });
});

describe('service events', () => {
  const fleet = new TestFleet();
  let node = '';
  const delivered = (detailType: string) =>
    fleet.cloud.invocations
      .map(({ functionArn, payload }) => ({ functionArn, event: JSON.parse(payload) }))
      .filter(({ event }) => event['detail-type'] === detailType);
  const endings = (commandId: string) =>
    delivered('EC2 Command Status-change Notification').filter(
      ({ event }) => event.detail['command-id'] === commandId && event.detail.status === 'Success',
    );

  beforeAll(async () => {
    fleet.cloud.rules.push({
      name: 'all',
      pattern: JSON.stringify({ source: ['aws.ec2', 'aws.ssm'] }),
      targets: [{ arn: 'arn:aws:lambda:us-east-1:000000000000:function:all' }],
    });
    await fleet.start();
    const [id] = await fleet.registered(1, { TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' } });
    node = present(id);
  });
  afterAll(() => fleet.close());

  it('tell the states of an instance', async () => {
    await until(() => delivered('EC2 Instance State-change Notification').length >= 2);
    const [first] = delivered('EC2 Instance State-change Notification');
    expect(first?.event).toMatchObject({
      source: 'aws.ec2',
      region: 'us-east-1',
      resources: [`arn:aws:ec2:us-east-1:000000000000:instance/${node}`],
      detail: { 'instance-id': node, state: 'pending' },
    });
  });

  it('tell the end of a command and of each of its invocations', async () => {
    const commandId = await fleet.send('exit 2', { InstanceIds: [node] });
    await fleet.commandEnds(commandId);
    await until(() => delivered('EC2 Command Status-change Notification').some(({ event }) => event.detail.status === 'Failed'));
    const invocation = delivered('EC2 Command Invocation Status-change Notification').find(({ event }) => event.detail.status === 'Failed');
    expect(invocation?.event).toMatchObject({ source: 'aws.ssm', detail: { 'command-id': commandId, 'instance-id': node } });
  });

  it('come twice or not at all where a fault says so', async () => {
    await fleet.control('POST', 'faults', { kind: 'commandAnsweredTwice', jobId: 'job-1', count: 1 });
    const twice = await fleet.send('true', { InstanceIds: [node] });
    await until(() => endings(twice).length === 2);
    expect(new Set(endings(twice).map(({ event }) => event.id)).size).toBe(1);
    await fleet.control('POST', 'faults', { kind: 'lostEvents' });
    const lost = await fleet.send('true', { InstanceIds: [node] });
    await fleet.commandEnds(lost);
    await fleet.control('DELETE', 'faults');
    expect(endings(lost)).toEqual([]);
  });

  it('recommend to replace an instance without a warning that it goes', async () => {
    expect(await fleet.control('POST', 'interrupt', { jobId: 'job-1', notice: 'rebalance' })).toEqual({ interrupted: [node] });
    await until(() => delivered('EC2 Instance Rebalance Recommendation').length === 1);
    expect(delivered('EC2 Instance Rebalance Recommendation')[0]?.event).toMatchObject({
      source: 'aws.ec2',
      resources: [`arn:aws:ec2:us-east-1:000000000000:instance/${node}`],
      detail: { 'instance-id': node },
    });
    expect((await fleet.run(node, READ_RECOMMENDATION)).StandardOutputContent).toMatch(/^{"noticeTime":".*Z"}$/);
    expect((await fleet.run(node, READ_NOTICE)).ResponseCode).toBe(22);
    expect(await fleet.control('POST', 'interrupt', { jobId: 'job-1', notice: 'rebalance' })).toEqual({ interrupted: [] });
  });

  it('warn of an interruption two minutes ahead, on the instance too', async () => {
    await fleet.control('PUT', 'market', { noticeSeconds: 1_000_000_000 });
    expect((await fleet.run(node, READ_NOTICE)).ResponseCode).toBe(22);
    expect(await fleet.control('POST', 'interrupt', { jobId: 'job-1' })).toEqual({ interrupted: [node] });
    await until(() => delivered('EC2 Spot Instance Interruption Warning').length === 1);
    expect(delivered('EC2 Spot Instance Interruption Warning')[0]?.event).toMatchObject({
      resources: [`arn:aws:ec2:us-east-1a:instance/${node}`],
      detail: { 'instance-id': node, 'instance-action': 'terminate' },
    });
    expect(delivered('EC2 Instance Rebalance Recommendation')).toHaveLength(1);
    expect((await fleet.run(node, READ_NOTICE)).StandardOutputContent).toMatch(/^{"action":"terminate","time":".*Z"}$/);
    expect(await fleet.control('POST', 'interrupt', { instanceId: node })).toEqual({ interrupted: [] });
  });
});
