import { CreateFleetCommand, DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeInstanceInformationCommand, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

describe('faults', () => {
  let fleet: TestFleet;
  const state = (id: string) => fleet.simulator.context.instances.get(id)?.state;
  beforeEach(async () => {
    fleet = await new TestFleet().start();
  });
  afterEach(() => fleet.close());

  it('throttle an action as often as they say, for one job', async () => {
    await fleet.control('POST', 'faults', { kind: 'throttle', action: 'CreateFleet', jobId: 'job-1', count: 1 });
    const other = await fleet.createFleet(1, { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'job', Value: 'job-2' }] }] });
    expect(other.Instances).toHaveLength(1);
    await expect(fleet.createFleet(1)).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    expect((await fleet.createFleet(1)).Instances).toHaveLength(1);
  });

  it('fail an action with any error after letting some pass', async () => {
    await fleet.control('POST', 'faults', { kind: 'fail', action: 'ListCommands', code: 'InternalServerError', status: 500, skip: 1 });
    await fleet.ssm.send(new ListCommandsCommand({}));
    await expect(fleet.ssm.send(new ListCommandsCommand({}))).rejects.toMatchObject({ name: 'InternalServerError' });
  });

  it('launch, and break the connection; the same token finds what was launched', async () => {
    await fleet.control('POST', 'faults', { kind: 'launchThenFail', count: 1 });
    await expect(fleet.createFleet(2, { ClientToken: 't' })).rejects.toThrow('socket hang up');
    expect(await fleet.instances()).toHaveLength(2);
    const again = await fleet.createFleet(2, { ClientToken: 't' });
    expect(present(again.Instances?.[0]?.InstanceIds)).toHaveLength(2);
    expect(await fleet.instances()).toHaveLength(2);
  });

  it('keep a node from ever registering', async () => {
    await fleet.control('POST', 'faults', { kind: 'neverRegister', count: 1 });
    await fleet.createFleet(2);
    await until(() => fleet.simulator.context.instances.values().filter(({ neverRegisters }) => neverRegisters).length === 1);
    await until(() => fleet.simulator.context.instances.values().some(({ registeredAtMs }) => registeredAtMs !== undefined));
    const found = await fleet.ssm.send(new DescribeInstanceInformationCommand({}));
    expect(found.InstanceInformationList).toHaveLength(1);
  });

  it('leave a command without an answer though it ran', async () => {
    const [id] = await fleet.registered(1);
    await fleet.control('POST', 'faults', { kind: 'commandNeverAnswers', count: 1 });
    const commandId = await fleet.send('touch /data/ran', { InstanceIds: [present(id)] });
    await until(async () => (await fleet.run(present(id), 'test -e /data/ran')).Status === 'Success');
    const { Commands } = await fleet.ssm.send(new ListCommandsCommand({ CommandId: commandId }));
    expect(Commands?.[0]?.Status).toBe('InProgress');
  });

  it('let an instance die with all of its processes', async () => {
    const [id] = await fleet.registered(1);
    const commandId = await fleet.send('sleep 60', { InstanceIds: [present(id)] });
    await fleet.control('POST', 'faults', { kind: 'instanceDies', jobId: 'job-1', count: 1 });
    await until(() => state(present(id)) === 'terminated');
    const { Reservations } = await fleet.ec2.send(new DescribeInstancesCommand({ InstanceIds: [present(id)] }));
    expect(Reservations?.[0]?.Instances?.[0]?.StateReason?.Code).toBe('Server.InternalError');
    // SSM does not hear of it: the command is in progress until its time is over.
    const { Commands } = await fleet.ssm.send(new ListCommandsCommand({ CommandId: commandId }));
    expect(Commands?.[0]?.Status).toBe('InProgress');
  });

  it('answer TerminateInstances and let the instance run on', async () => {
    const [id] = await fleet.registered(1);
    await fleet.control('POST', 'faults', { kind: 'terminateIgnored', seconds: 1_000_000_000, count: 1 });
    const answer = await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: [present(id)] }));
    expect(answer.TerminatingInstances?.[0]?.CurrentState?.Name).toBe('shutting-down');
    expect(state(present(id))).toBe('running');
    await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: [present(id)] }));
    await until(() => state(present(id)) === 'terminated');
  });

  it('take Spot instances back when the market holds fewer', async () => {
    await fleet.control('PUT', 'market', { capacity: [{ type: 'm6i.large', zone: 'us-east-1a', market: 'spot', capacity: 3 }] });
    await fleet.createFleet(3, { TargetCapacitySpecification: { TotalTargetCapacity: 3, DefaultTargetCapacityType: 'spot' } });
    await fleet.control('PUT', 'market', { capacity: [{ type: 'm6i.large', zone: 'us-east-1a', market: 'spot', capacity: 1 }] });
    await until(() => fleet.simulator.context.instances.values().filter((instance) => instance.state === 'terminated').length === 2);
    const reasons = fleet.simulator.context.instances.values().map(({ stateReason }) => stateReason?.code);
    expect(reasons.filter((code) => code === 'Server.SpotInstanceTermination')).toHaveLength(2);
  });

  it('are refused with the reason where they are not understood', async () => {
    expect(await fleet.control('POST', 'faults', { kind: 'earthquake' })).toMatchObject({ message: expect.stringContaining('kind') });
  });

  it('of the market: too many calls are refused', async () => {
    await fleet.control('PUT', 'market', { throttles: { CreateFleet: { bucket: 1, refillPerSecond: 0.001 } } });
    await fleet.createFleet(1);
    await expect(fleet.createFleet(1)).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  });

  it('are all forgotten by a reset', async () => {
    await fleet.registered(2);
    await fleet.control('POST', 'faults', { kind: 'lostEvents' });
    await fleet.control('POST', 'reset');
    expect(await fleet.control('GET', 'state')).toMatchObject({ live: 0, instances: [], faults: [], commands: [], fleetCalls: [] });
    expect(await fleet.registered(1)).toHaveLength(1);
  });

  it('of a request: an unknown fleet type is refused', async () => {
    await expect(fleet.ec2.send(new CreateFleetCommand({ Type: 'maintain', LaunchTemplateConfigs: [], TargetCapacitySpecification: { TotalTargetCapacity: 1 } }))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});
