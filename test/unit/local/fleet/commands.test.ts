import { CancelCommandCommand, DescribeInstanceInformationCommand, GetCommandInvocationCommand, ListCommandInvocationsCommand, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

const ALL = { Targets: [{ Key: 'tag:job', Values: ['job-1'] }] };

describe('commands', () => {
  const fleet = new TestFleet();
  let ids: string[] = [];
  let first = '';
  const invocations = async (commandId: string) => {
    const { CommandInvocations = [] } = await fleet.ssm.send(new ListCommandInvocationsCommand({ CommandId: commandId, Details: true }));
    return CommandInvocations;
  };

  beforeAll(async () => {
    await fleet.start();
    ids = await fleet.registered(3);
    first = present(ids[0]);
  });
  afterAll(() => fleet.close());

  it('lists the instances whose agents are there', async () => {
    const found = await fleet.ssm.send(new DescribeInstanceInformationCommand({ Filters: [{ Key: 'tag:job', Values: ['job-1'] }] }));
    expect(found.InstanceInformationList?.map(({ InstanceId, PingStatus }) => [InstanceId, PingStatus]).sort()).toEqual([...ids].sort().map((id) => [id, 'Online']));
  });

  it('runs a script on every instance of a tag', async () => {
    const commandId = await fleet.send('#!/bin/bash\nset -e\nhostname', { ...ALL, MaxConcurrency: '100%' });
    expect(await fleet.commandEnds(commandId)).toBe('Success');
    const outputs = (await invocations(commandId)).map(({ CommandPlugins }) => CommandPlugins?.[0]?.Output);
    expect(new Set(outputs).size).toBe(3);
  });

  it('keeps exit code and both outputs, and cuts them as SSM does', async () => {
    const result = await fleet.run(first, 'echo out; echo err >&2; head -c 30000 /dev/zero | tr "\\0" x; exit 3');
    expect(result).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 3, StandardErrorContent: 'err\n' });
    expect(result.StandardOutputContent).toHaveLength(24_000);
    expect(result.StandardOutputContent).toMatch(/^out\n.*---Output truncated---$/s);
  });

  it('ends a script that runs for too long', async () => {
    const result = await fleet.run(first, 'sleep 60', { timeoutSeconds: '1' });
    expect(result).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut', ResponseCode: 137 });
  });

  it('cancels what runs', async () => {
    const commandId = await fleet.send('touch /data/started; sleep 4711', { InstanceIds: [first] });
    await until(async () => (await fleet.run(first, 'test -e /data/started')).Status === 'Success');
    await fleet.ssm.send(new CancelCommandCommand({ CommandId: commandId }));
    expect(await fleet.commandEnds(commandId)).toBe('Cancelled');
    expect((await fleet.run(first, 'pgrep -f "sleep [4]711"')).ResponseCode).toBe(1);
  });

  it('sends no more after too many errors', async () => {
    const commandId = await fleet.send('exit 1', { ...ALL, MaxConcurrency: '1', MaxErrors: '0' });
    expect(await fleet.commandEnds(commandId)).toBe('Failed');
    expect((await invocations(commandId)).map(({ StatusDetails }) => StatusDetails).sort()).toEqual(['Failed', 'Terminated', 'Terminated']);
  });

  it('is incomplete where fewer failed than were allowed to', async () => {
    const commandId = await fleet.send(`test "$AWS_SSM_INSTANCE_ID" != ${first}`, { ...ALL, MaxErrors: '100%' });
    expect(await fleet.commandEnds(commandId)).toBe('Incomplete');
    const { Commands } = await fleet.ssm.send(new ListCommandsCommand({ CommandId: commandId }));
    expect(Commands?.[0]).toMatchObject({ TargetCount: 3, CompletedCount: 3, ErrorCount: 1 });
  });

  it('says that no instance has the tag, with the status of a success', async () => {
    const commandId = await fleet.send('true', { Targets: [{ Key: 'tag:job', Values: ['nobody'] }] });
    expect(await fleet.commandEnds(commandId)).toBe('NoInstancesInTag');
    const { Commands } = await fleet.ssm.send(new ListCommandsCommand({ CommandId: commandId }));
    expect(Commands?.[0]?.Status).toBe('Success');
  });

  it('refuses an instance that is not registered', async () => {
    await expect(fleet.send('true', { InstanceIds: ['i-00000000000000000'] })).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });

  it('does not know an invocation at once', async () => {
    await fleet.control('PUT', 'market', { visibility: { invocationMs: 86_400_000 } });
    const commandId = await fleet.send('true', { InstanceIds: [first] });
    await fleet.control('PUT', 'market', { visibility: { invocationMs: 0 } });
    expect(await invocations(commandId)).toEqual([]);
    await expect(fleet.ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: first }))).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
  });

  it('delivers to an agent that comes back', async () => {
    await fleet.control('POST', 'faults', { kind: 'agentOffline', instanceId: first });
    const commandId = await fleet.send('true', { InstanceIds: [first] });
    expect((await invocations(commandId))[0]?.Status).toBe('Pending');
    await fleet.control('DELETE', 'faults');
    expect(await fleet.commandEnds(commandId)).toBe('Success');
  });
});
