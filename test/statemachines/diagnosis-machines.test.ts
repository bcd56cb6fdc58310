import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { ZONES } from '../builders/capacity.ts';
import { emptyMarket, ending, lived, submit, tickUntil, why } from './diagnosed.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { inStep, letGo, replace, unitOfRun, until } from './loss-story.ts';

let world: InMemoryWorld;
beforeEach(() => {
  world = new InMemoryWorld();
});

describe('of machines that are not to be had', () => {
  it('says which offerings are short and until when it waits, then that it was given up', async () => {
    emptyMarket(world);
    const id = await submit(world, { more: '  capacity: { timeoutSeconds: 600 }' });
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    expect(await why(world, id)).toMatchObject({
      cause: 'NoCapacity', bearing: 'waits', sentence: expect.stringMatching(/InsufficientInstanceCapacity.*It is given up at /),
      evidence: { cloud: [{ code: 'InsufficientInstanceCapacity', message: 'none left', places: expect.arrayContaining([expect.stringMatching(/^(head|workers): \S+ \S+ in us-east-1[abc]$/)]) }] },
    });
    await world.live(80);
    expect(await why(world, id)).toMatchObject({ cause: 'NoCapacity', bearing: 'failed', certainty: 'certain', evidence: { state: 'PROVISIONING_FAILED', outcome: 'NO_CAPACITY' } });
  });

  it.each([
    ['VcpuLimitExceeded', 'AccountQuota'],
    ['InsufficientFreeAddressesInSubnet', 'NoAddresses'],
    ['MaxFleetCountExceeded', 'CloudThrottled'],
  ])('tells %s as %s, while it waits and when it has ended', async (code, cause) => {
    for (const zone of ZONES) {
      for (const type of ['m6i.large', 'c6i.large']) for (const market of ['spot', 'on-demand']) world.capacity.machines.codes.set(`${type}/${zone}/${market}`, code);
    }
    const id = await submit(world, { more: '  capacity: { timeoutSeconds: 400 }' });
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    expect(await why(world, id)).toMatchObject({ cause, bearing: 'waits' });
    await world.live(80);
    expect(await why(world, id)).toMatchObject({ cause, bearing: 'failed', evidence: { outcome: 'NO_CAPACITY' } });
  });

  it.each([
    ['InvalidAMIID.NotFound', 'ImageNotUsable'],
    ['UnauthorizedOperation', 'LaunchNotPermitted'],
    ['InvalidLaunchTemplateId.NotFound', 'LaunchTemplateBroken'],
    ['PendingVerification', 'AccountBlocked'],
    ['SomethingNew', 'LaunchRejected'],
  ])('tells a launch that is refused with %s as %s', async (code, cause) => {
    world.capacity.machines.request = async () => ({ kind: 'rejected', code, message: 'no such thing' });
    expect(await lived(world)).toMatchObject({ cause, bearing: 'failed', sentence: `EC2 refused the launch: ${code}: no such thing.` });
  });

  it('tells what could never be', async () => {
    expect(await lived(world, { more: '  capacity: { maxUsdPerHour: 0.0001 }', workers: 'OnDemand' })).toMatchObject({ cause: 'LaunchImpossible', sentence: expect.stringContaining('BudgetTooSmall') });
  });
});

describe('of machines that go wrong', () => {
  it('says that one never came up', async () => {
    world.mute = (index) => index >= 2;
    expect(await lived(world)).toMatchObject({ cause: 'NodeNeverCameUp', evidence: { outcome: 'FAILED' } });
  });

  async function lostWorker(more = ''): Promise<JobId> {
    return inStep(world, 'train', { more, workers: 'Spot' });
  }

  it('says that EC2 took Spot back, where its notice names the node', async () => {
    const id = await lostWorker();
    const node = world.node(id, 2);
    await world.notify({ instanceId: node.instanceId, kind: 'interruption' });
    await world.lose(node);
    letGo(world);
    await world.live();
    expect(await why(world, id)).toMatchObject({
      cause: 'SpotInterruption', certainty: 'certain', sentence: expect.stringContaining(`EC2 took back Spot machines: ${node.name} (`),
      evidence: { outcome: 'INTERRUPTED', events: expect.arrayContaining([expect.objectContaining({ type: 'NodeInterrupted' }), expect.objectContaining({ type: 'NodeLost' })]) },
    });
  });

  it('says that it is likely, where the notice was of another', async () => {
    const id = await lostWorker();
    await world.notify({ instanceId: world.node(id, 1).instanceId, kind: 'interruption' });
    await world.lose(world.node(id, 2));
    letGo(world);
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'SpotInterruption', certainty: 'likely' });
  });

  it('says that a node was lost, without a notice and on demand', async () => {
    const id = await lostWorker();
    await world.lose(world.node(id, 2));
    letGo(world);
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'NodeLost', others: [{ cause: 'SpotInterruption', certainty: 'possible' }] });
    world = new InMemoryWorld();
    const other = await inStep(world, 'train', { more: '', workers: 'OnDemand' });
    await world.lose(world.node(other, 2), false);
    world.commands.end(world.node(other, 0), unitOfRun(world, other), { status: 'exited', exitCode: 1, tail: 'connection lost' });
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    await world.live();
    expect(await why(world, other)).toMatchObject({ cause: 'NodeLost', others: [], evidence: { outcome: 'INTERRUPTED' } });
  });

  it('says that a lost one could not be replaced', async () => {
    const id = await lostWorker(replace);
    emptyMarket(world);
    await world.lose(world.node(id, 2));
    await until(world, () => world.job(id).state !== 'RUNNING');
    letGo(world);
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'NodeNotReplaced', evidence: { cloud: [{ code: 'InsufficientInstanceCapacity' }] } });
  });

  it('says that machines are left, and when they have gone', async () => {
    const id = await submit(world);
    await tickUntil(world, id, 'CONFIGURING');
    world.capacity.machines.stubborn = true;
    await until(world, () => world.job(id).state === 'DESTRUCTION_FAILED');
    expect(await why(world, id)).toMatchObject({ cause: 'MachinesLeft', bearing: 'failed', runbook: 'docs/runbook/README.md#machines-left' });
    world.capacity.machines.stubborn = false;
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'MachinesGoneLate', bearing: 'well' });
  });

  it('says what a job failed for first, and beside that that machines are left', async () => {
    ending(world, 'train', { exitCode: 7 });
    const id = await submit(world);
    await tickUntil(world, id, 'CONFIGURING');
    world.capacity.machines.stubborn = true;
    await until(world, () => world.job(id).state === 'DESTRUCTION_FAILED');
    expect(await why(world, id)).toMatchObject({ cause: 'JobFailed', others: [{ cause: 'MachinesLeft', certainty: 'certain' }] });
  });
});
