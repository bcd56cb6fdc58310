import { describe, expect, it } from '@jest/globals';
import type { GangRequest } from '../../../../core/capacity/gang.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import { DependencyThrottledError } from '../../../../core/errors/orchestrator-error.ts';
import { instanceId } from '../../../../core/job/ids.ts';
import type { Node } from '../../../../core/job/job.ts';
import { aGang, aPool, someFacts } from '../../../builders/capacity.ts';
import { aProvider, launchLines, never, runningByPool } from './acquisition.ts';

const headAndWorkers = (fields: Partial<GangRequest> = {}): GangRequest =>
  aGang({ pools: [aPool({ pool: 'head', count: 1, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' }), aPool({ count: 4 })], ...fields });

async function nodesOf(answer: ReturnType<ReturnType<typeof aProvider>['provider']['acquire']>): Promise<readonly Node[]> {
  const result = await answer;
  if (result.kind !== 'acquired') throw new Error(`not acquired: ${JSON.stringify(result)}`);
  return result.nodes;
}

describe('GangAcquirer.acquire', () => {
  it('names and ranks the nodes: the head first, then through the pools', async () => {
    const { provider } = aProvider([['m6i.large', 'b', 'on-demand', 3], ['c6i.large', 'b', 'spot', 9]]);
    const nodes = await nodesOf(provider.acquire(headAndWorkers(), never));
    expect(nodes.map(({ name, rank, pool, zone, market, microUsdPerHour }) => [name, rank, pool, zone, market, microUsdPerHour])).toEqual([
      ['head-0', 0, 'head', 'us-east-1b', 'on-demand', 90_000],
      ['workers-0', 1, 'workers', 'us-east-1b', 'spot', 30_000],
      ['workers-1', 2, 'workers', 'us-east-1b', 'spot', 30_000],
      ['workers-2', 3, 'workers', 'us-east-1b', 'spot', 30_000],
      ['workers-3', 4, 'workers', 'us-east-1b', 'spot', 30_000],
    ]);
  });

  it('takes Spot whole in one zone before it packs, and fills the rest on demand', async () => {
    const { provider } = aProvider([['c6i.large', 'b', 'spot', 3], ['c6i.large', 'c', 'on-demand', 9]]);
    const nodes = await nodesOf(provider.acquire(aGang({ pools: [aPool({ count: 8 })] }), never));
    expect(launchLines(provider)).toEqual([
      'workers 8 spot c6i.large a', 'workers 8 spot c6i.large b', 'workers ≤8 spot c6i.large c',
      'workers ≤8 spot c6i.large a', 'workers ≤8 spot c6i.large b',
      'workers 5 on-demand c6i.large b', 'workers 5 on-demand c6i.large a', 'workers ≤5 on-demand c6i.large c',
    ]);
    expect(nodes).toHaveLength(8);
  });

  it('goes to another zone when the job must stand in one and a pool is missing there', async () => {
    const { provider, machines } = aProvider([
      ['p4d.24xlarge', 'a', 'on-demand', 2], ['p4d.24xlarge', 'b', 'on-demand', 2], ['c6i.large', 'b', 'on-demand', 4],
    ]);
    const gang = aGang({
      spread: 'Single',
      pools: [aPool({ pool: 'cpu', purchaseOption: 'OnDemand' }), aPool({ pool: 'gpu', count: 2, instanceTypes: ['p4d.24xlarge'], purchaseOption: 'OnDemand' })],
    });
    const nodes = await nodesOf(provider.acquire(gang, never));
    expect(launchLines(provider)).toEqual(['gpu 2 on-demand p4d.24xlarge a', 'cpu 4 on-demand c6i.large a', 'gpu 2 on-demand p4d.24xlarge b', 'cpu 4 on-demand c6i.large b']);
    expect(new Set(nodes.map(({ zone }) => zone))).toEqual(new Set(['us-east-1b']));
    expect(await machines.running(gang)).toHaveLength(6);
  });

  it('asks EC2 for all zones at once when the job may be spread freely', async () => {
    const { provider } = aProvider([['c6i.large', 'a', 'spot', 3], ['c6i.large', 'c', 'spot', 3]]);
    await nodesOf(provider.acquire(aGang({ spread: 'Any', pools: [aPool({ count: 6 })] }), never));
    expect(launchLines(provider)).toEqual(['workers ≤6 spot c6i.large a|b|c']);
  });

  it('names no more pairs of type and zone in a call than EC2 takes', async () => {
    const types = Array.from({ length: 150 }, (_, index) => someFacts(`c${index}.large`));
    const { provider, machines } = aProvider([], types);
    await provider.acquire(aGang({ spread: 'Any', pools: [aPool({ purchaseOption: 'Spot', instanceTypes: types.map(({ instanceType }) => instanceType) })] }), never);
    expect(machines.launches.map(({ instanceTypes, zones }) => instanceTypes.length * zones.length)).toEqual([300, 150]);
  });

  it('releases what it has when the gang stays short, and says until when', async () => {
    const { provider, machines, clock } = aProvider([['c6i.large', 'a', 'spot', 3]]);
    const gang = aGang({ pools: [aPool({ purchaseOption: 'Spot' })] });
    const result = await provider.acquire(gang, never);
    expect(result).toMatchObject({ kind: 'short', shortfall: 1, untilMs: clock.now() + 30_000 });
    expect(result).not.toHaveProperty('byClock');
    expect(await machines.running(gang)).toEqual([]);
  });

  it('makes no call while everything cools, and tries again afterwards', async () => {
    const { provider, machines, clock } = aProvider([]);
    const gang = aGang({ pools: [aPool({ purchaseOption: 'Spot' })] });
    await provider.acquire(gang, never);
    const calls = machines.launches.length;
    // Whoever gave this turn saw something open that is nothing to the job, and would see it again.
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'short', launches: 0, byClock: true, untilMs: clock.now() + 30_000 });
    expect(machines.launches).toHaveLength(calls);
    clock.advance(30_000);
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) machines.market.set(offeringKey({ instanceType: 'c6i.large', zone, market: 'spot' }), 4);
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'acquired' });
  });

  it('heeds what somebody pauses, from the next launch call on', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'c', 'spot', 9], ['c6i.large', 'a', 'on-demand', 9]]);
    const pause = cooldownOf({ scope: { kind: 'market', market: 'spot' }, by: 'ada', reason: 'prices', atMs: clock.now() });
    const launch = machines.launch.bind(machines);
    machines.launch = async (record) => {
      await cooldowns.record([pause]);
      return launch(record);
    };
    await nodesOf(provider.acquire(aGang({ pools: [aPool()] }), never));
    expect(launchLines(provider)).toEqual(['workers 4 spot c6i.large a', 'workers 4 on-demand c6i.large a']);
    const spotOnly = aGang({ attempt: 2, pools: [aPool({ purchaseOption: 'Spot' })] });
    expect(await provider.acquire(spotOnly, never)).toMatchObject({ kind: 'short', launches: 0, untilMs: clock.now() + 600_000, cooldowns: [pause] });
  });

  it('heeds a pause also where the call before brought all that it asked for', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['m6i.large', 'a', 'spot', 9], ['c6i.large', 'a', 'spot', 9]]);
    const pause = cooldownOf({ scope: { kind: 'market', market: 'spot' }, by: 'ada', reason: 'prices', atMs: clock.now() });
    const launch = machines.launch.bind(machines);
    machines.launch = async (record) => {
      await cooldowns.record([pause]);
      return launch(record);
    };
    const pools = [aPool({ pool: 'head', count: 1, instanceTypes: ['m6i.large'], purchaseOption: 'Spot' }), aPool({ count: 4, purchaseOption: 'Spot' })];
    const gang = aGang({ pools });
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'short', launches: 1, cooldowns: [pause] });
    expect(launchLines(provider)).toHaveLength(1);
    expect(await runningByPool(provider, gang)).toEqual({});
  });

  it('waits twice as long after each failure in a row', async () => {
    const { provider, clock } = aProvider([]);
    const waits: number[] = [];
    for (let turn = 0; turn < 7; turn++) {
      const result = await provider.acquire(aGang({ pools: [aPool({ purchaseOption: 'Spot' })] }), never);
      if (result.kind !== 'short') throw new Error(result.kind);
      waits.push(result.untilMs - clock.now());
      clock.advance(result.untilMs - clock.now());
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  it('does not hold small jobs back because a large one found too little', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'a', 'on-demand', 2]]);
    await provider.acquire(aGang({ spread: 'Single', pools: [aPool({ count: 5, purchaseOption: 'OnDemand' })] }), never);
    const small = aGang({ attempt: 2, pools: [aPool({ count: 2, purchaseOption: 'OnDemand' })] });
    expect(await provider.acquire(small, never)).toMatchObject({ kind: 'acquired' });
    expect(await machines.running(small)).toHaveLength(2);
  });

  it('goes on after a lost answer without launching twice', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    machines.faults.push('answerLost');
    await expect(provider.acquire(aGang(), never)).rejects.toThrow('the connection was lost');
    await nodesOf(provider.acquire(aGang(), never));
    expect(await machines.running(aGang())).toHaveLength(4);
    expect(machines.launches).toHaveLength(1);
  });

  it('keeps the launch open when EC2 asks for patience, and lets others wait', async () => {
    const { provider, machines, cooldowns, attempts, clock } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    machines.faults.push('throttled');
    await expect(provider.acquire(aGang(), never)).rejects.toThrow(DependencyThrottledError);
    expect(await attempts.launches(aGang().jobId, 1)).toMatchObject([{ ordinal: 1, request: expect.any(String) }]);
    expect(await cooldowns.active(clock.now())).toMatchObject([{ scope: { kind: 'account' } }]);
    expect(await provider.acquire(aGang({ attempt: 2 }), never)).toMatchObject({ kind: 'short', launches: 0 });
    expect(await provider.acquire(aGang(), never)).toMatchObject({ kind: 'acquired' });
  });

  it('makes no call again of which EC2 has forgotten the token: what it brought goes, and others are had', async () => {
    const { provider, machines, clock } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    machines.faults.push('answerLost');
    await provider.acquire(aGang(), never).catch(() => undefined);
    const strays = await machines.running(aGang());
    clock.advance(24 * 3_600_000);
    const nodes = await nodesOf(provider.acquire(aGang(), never));
    expect((await machines.running(aGang())).map((instance) => instance.instanceId).toSorted()).toEqual(nodes.map((node) => node.instanceId).toSorted());
    expect(nodes.filter((node) => strays.some((stray) => stray.instanceId === node.instanceId))).toEqual([]);
  });

  it('fails the job when the launch is refused for good, and keeps nothing', async () => {
    const { provider, machines } = aProvider([['m6i.large', 'a', 'on-demand', 3]]);
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) machines.codes.set(`m6i.large/${zone}/on-demand`, 'UnauthorizedOperation');
    machines.launch = async () => ({ launched: [], unavailable: [], rejected: { code: 'UnauthorizedOperation', message: 'no' } });
    expect(await provider.acquire(headAndWorkers(), never)).toEqual({ kind: 'rejected', code: 'UnauthorizedOperation', message: 'no' });
  });

  it.each([
    ['an unknown type', aGang({ pools: [aPool({ instanceTypes: ['zz.huge'] })] }), 'UnknownInstanceType'],
    ['zones that the deployment does not serve', aGang({ zones: ['us-east-1f'] }), 'NotOfferedInZones'],
    ['a budget below the cheapest price', aGang({ pools: [aPool({ purchaseOption: 'OnDemand' })], maxMicroUsdPerHour: 100_000 as NonNullable<GangRequest['maxMicroUsdPerHour']> }), 'BudgetTooSmall'],
  ])('rejects %s without a call', async (_what, gang, code) => {
    const { provider, machines } = aProvider([]);
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'rejected', code });
    expect(machines.launches).toEqual([]);
  });

  it('stays within the budget: on-demand is not taken where only Spot is cheap enough', async () => {
    const { provider } = aProvider([['c6i.large', 'a', 'on-demand', 9]]);
    const gang = aGang({ maxMicroUsdPerHour: 200_000 as NonNullable<GangRequest['maxMicroUsdPerHour']> });
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'short' });
    expect(provider.machines.launches.every(({ market }) => market === 'spot')).toBe(true);
  });

  it('stops between two calls when the job is cancelled', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'b', 'spot', 9]]);
    let asked = 0;
    expect(await provider.acquire(aGang(), async () => (asked++ === 0 ? undefined : 'cancelled'))).toEqual({ kind: 'interrupted', by: 'cancelled' });
    expect(machines.launches).toHaveLength(1);
  });

  it('keeps a gang that became whole as its time ran out, and none that is cancelled then', async () => {
    const acquired = async (by: 'timedOut' | 'cancelled') => {
      const { provider, machines } = aProvider([['c6i.large', 'a', 'spot', 9]]);
      const result = await provider.acquire(aGang(), async () => (machines.launches.length === 0 ? undefined : by));
      return result.kind;
    };
    expect([await acquired('timedOut'), await acquired('cancelled')]).toEqual(['acquired', 'interrupted']);
  });

  it('ends when its time is over and the gang is not whole', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'b', 'spot', 9]]);
    expect(await provider.acquire(aGang(), async () => (machines.launches.length === 0 ? undefined : 'timedOut'))).toEqual({ kind: 'interrupted', by: 'timedOut' });
    expect(machines.launches).toHaveLength(1);
  });

  it('says so when what stayed short does not go', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'a', 'spot', 3]]);
    machines.stubborn = true;
    const gang = aGang({ pools: [aPool({ purchaseOption: 'Spot' })] });
    expect(await provider.acquire(gang, never)).toEqual({ kind: 'leaked', remaining: 3 });
    expect(await provider.acquire(gang, never)).toEqual({ kind: 'leaked', remaining: 3 });
    machines.stubborn = false;
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'short', launches: 0 });
    expect(await machines.running(gang)).toEqual([]);
  });

  it('launches another machine for one that died before the gang was whole', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'a', 'spot', 4], ['c6i.large', 'b', 'spot', 4]]);
    const awaitVisible = machines.awaitVisible.bind(machines);
    let died = false;
    machines.awaitVisible = async (attempt, ids) => {
      if (!died) await machines.terminate(ids.slice(0, 1));
      died = true;
      return awaitVisible(attempt, ids);
    };
    const nodes = await nodesOf(provider.acquire(aGang(), never));
    expect((await machines.running(aGang())).map(({ instanceId: id }) => id).toSorted()).toEqual(nodes.map(({ instanceId: id }) => id).toSorted());
  });
});

describe('GangAcquirer.replace', () => {
  it('gives new machines the place of the lost ones, in their zone', async () => {
    const { provider, machines } = aProvider([['m6i.large', 'b', 'on-demand', 3], ['c6i.large', 'b', 'spot', 9], ['c6i.large', 'a', 'spot', 2]]);
    const gang = headAndWorkers();
    const nodes = await nodesOf(provider.acquire(gang, never));
    const lost = nodes.filter(({ rank }) => rank === 0 || rank === 2);
    const fresh = await nodesOf(provider.replace(gang, lost, never));
    expect(fresh.map(({ name, rank, zone, pool }) => ({ name, rank, zone, pool }))).toEqual(lost.map(({ name, rank, zone, pool }) => ({ name, rank, zone, pool })));
    expect(await machines.running(gang)).toHaveLength(5);
    expect((await machines.running(gang)).map(({ instanceId: id }) => id)).toEqual(expect.arrayContaining(fresh.map(({ instanceId: id }) => id)));
  });

  it('answers the same replacements again', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'b', 'spot', 9]]);
    const nodes = await nodesOf(provider.acquire(aGang(), never));
    const fresh = await nodesOf(provider.replace(aGang(), nodes.slice(1, 3), never));
    expect(await nodesOf(provider.replace(aGang(), nodes.slice(1, 3), never))).toEqual(fresh);
    expect(await machines.running(aGang())).toHaveLength(4);
  });

  it('keeps no replacement when another one cannot be had', async () => {
    const { provider, machines } = aProvider([['m6i.large', 'b', 'on-demand', 1], ['c6i.large', 'b', 'spot', 9]]);
    const gang = headAndWorkers();
    const nodes = await nodesOf(provider.acquire(gang, never));
    const terminate = machines.terminate.bind(machines);
    machines.terminate = async (ids) => {
      await terminate(ids);
      machines.market.set('c6i.large/us-east-1b/spot', 0);
    };
    expect(await provider.replace(gang, nodes.slice(0, 2), never)).toMatchObject({ kind: 'short', shortfall: 1 });
    expect(await machines.running(gang)).toHaveLength(3);
  });
});

describe('GangAcquirer.release', () => {
  it('ends a launch whose answer was lost', async () => {
    const { provider, machines } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    machines.faults.push('answerLost');
    await provider.acquire(aGang(), never).catch(() => undefined);
    expect(await machines.running(aGang())).toHaveLength(4);
    expect(await provider.release(aGang())).toEqual({ terminated: 4, remaining: 0 });
    expect(await provider.release(aGang())).toEqual({ terminated: 0, remaining: 0 });
  });

  it('uses up the token of a call that never arrived, so that it cannot launch any more', async () => {
    const { provider, machines, attempts } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    machines.faults.push('notSent');
    await provider.acquire(aGang(), never).catch(() => undefined);
    const [stalled] = await attempts.launches(aGang().jobId, 1);
    await provider.release(aGang());
    if (stalled) await machines.launch(stalled);
    expect(await machines.running(aGang())).toEqual([]);
  });

  it('ends what it knows of even where EC2 does not say what a lost launch brought', async () => {
    const { provider, machines } = aProvider([['m6i.large', 'a', 'on-demand', 1], ['c6i.large', 'a', 'spot', 9]]);
    const launch = machines.launch.bind(machines);
    machines.launch = async (record) => {
      if (record.ordinal === 1) return launch(record);
      throw new Error('EC2 launches nothing today');
    };
    await provider.acquire(headAndWorkers(), never).catch(() => undefined);
    expect(await machines.running(headAndWorkers())).not.toEqual([]);
    await expect(provider.release(headAndWorkers())).rejects.toThrow('nothing today');
    expect(await machines.running(headAndWorkers())).toEqual([]);
    machines.launch = launch;
    expect(await provider.release(headAndWorkers())).toMatchObject({ remaining: 0 });
    expect(await machines.running(headAndWorkers())).toEqual([]);
  });

  it('makes no old call again: tags tell what it brought', async () => {
    const { provider, machines, clock } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    machines.faults.push('answerLost');
    await provider.acquire(aGang(), never).catch(() => undefined);
    clock.advance(24 * 3_600_000);
    expect(await provider.release(aGang())).toEqual({ terminated: 4, remaining: 0 });
    expect(machines.launches).toHaveLength(1);
  });

  it('terminates single instances and tells of all that live', async () => {
    const { provider } = aProvider([['c6i.large', 'a', 'spot', 9]]);
    const [first] = await nodesOf(provider.acquire(aGang(), never));
    await provider.terminate([first?.instanceId ?? instanceId('i-0')]);
    expect(await provider.describeAll()).toHaveLength(3);
  });
});
