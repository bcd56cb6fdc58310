import { describe, expect, it } from '@jest/globals';
import type { GangRequest, PoolRequest } from '../../../../core/capacity/gang.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import type { CapacityReservation } from '../../../../core/ports/market-knowledge.ts';
import { aDeployment, aGang, aPool, someFacts } from '../../../builders/capacity.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { aProvider, launchLines, never } from './acquisition.ts';
import type { Market3 } from './acquisition.ts';

const deployment = aDeployment({ namespaces: { '*': { launchTemplates: { x86_64: 'lt-x86' }, capacityReservations: ['cr-b', 'cr-c', 'cr-m'] } } });
const reservation = (reservationId: string, instanceType: string, zone: 'a' | 'b' | 'c', available: number): CapacityReservation => ({
  reservationId, instanceType, zone: `us-east-1${zone}`, available, total: 16, matching: 'targeted',
});

/** A provider that knows of reservations, which hold what they say. */
function withReservations(reserved: readonly CapacityReservation[], market: Market3) {
  const knowledge = new InMemoryMarketKnowledge();
  knowledge.reserved = reserved;
  const made = aProvider(market, undefined, { knowledge, deployment });
  for (const { instanceType, zone, available } of reserved) {
    const key = offeringKey({ instanceType, zone, market: 'reserved' });
    made.machines.market.set(key, (made.machines.market.get(key) ?? 0) + available);
  }
  return { ...made, knowledge };
}

const onDemand = (fields: Partial<PoolRequest> = {}): PoolRequest => aPool({ purchaseOption: 'OnDemand', ...fields });
const gangOf = (pool: PoolRequest, fields: Partial<GangRequest> = {}): GangRequest => aGang({ pools: [pool], ...fields });

describe('reserved capacity', () => {
  it('goes before everything else, in the zone that has it whole', async () => {
    const { provider, machines } = withReservations([reservation('cr-b', 'c6i.large', 'b', 2), reservation('cr-c', 'c6i.large', 'c', 4)], [['c6i.large', 'a', 'spot', 9]]);
    const result = await provider.acquire(gangOf(aPool()), never);
    expect(result).toMatchObject({ kind: 'acquired', nodes: Array.from({ length: 4 }, () => ({ market: 'reserved', zone: 'us-east-1c', microUsdPerHour: 90_000 })) });
    expect(machines.launches).toMatchObject([{ market: 'reserved', count: 4, reservations: ['cr-c'] }]);
  });

  it('gives what it has, and the other markets the rest', async () => {
    const { provider } = withReservations([reservation('cr-b', 'c6i.large', 'b', 1), reservation('cr-c', 'c6i.large', 'c', 2)], [['c6i.large', 'c', 'spot', 1], ['c6i.large', 'c', 'on-demand', 9]]);
    expect(await provider.acquire(gangOf(aPool({ count: 6 })), never)).toMatchObject({ kind: 'acquired' });
    expect(launchLines(provider)).toEqual([
      'workers 1 reserved c6i.large b', 'workers ≤2 reserved c6i.large c',
      'workers 3 spot c6i.large c', 'workers 3 spot c6i.large b', 'workers ≤3 spot c6i.large a',
      'workers ≤3 spot c6i.large c', 'workers ≤2 spot c6i.large b',
      'workers 2 on-demand c6i.large c',
    ]);
  });

  it('is not for pools that want Spot alone, nor beside a placement group made for the job', async () => {
    const reserved = [reservation('cr-b', 'c6i.large', 'b', 9)];
    const market: Market3 = [['c6i.large', 'a', 'spot', 9], ['c6i.large', 'a', 'on-demand', 9]];
    for (const gang of [gangOf(aPool({ purchaseOption: 'Spot' })), gangOf(onDemand(), { placementGroup: true, spread: 'Single' })]) {
      const { provider } = withReservations(reserved, market);
      expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'acquired' });
      expect(provider.machines.launches.some((launch) => launch.market === 'reserved')).toBe(false);
    }
  });

  it('keeps a job in its one zone: a part is taken only where the rest may be had', async () => {
    const { provider } = withReservations([reservation('cr-b', 'c6i.large', 'b', 2)], [['c6i.large', 'a', 'on-demand', 9], ['c6i.large', 'b', 'on-demand', 1]]);
    expect(await provider.acquire(gangOf(onDemand(), { spread: 'Single' }), never)).toMatchObject({ kind: 'acquired', nodes: Array.from({ length: 4 }, () => ({ zone: 'us-east-1a' })) });
    expect(launchLines(provider)).toEqual(['workers ≤2 reserved c6i.large b', 'workers 2 on-demand c6i.large b', 'workers 4 on-demand c6i.large a']);
  });

  it('stays with one type where a pool may not be mixed', async () => {
    const { provider } = withReservations([reservation('cr-c', 'c6i.large', 'b', 2), reservation('cr-m', 'm6i.large', 'b', 3)], [['m6i.large', 'b', 'on-demand', 9]]);
    const pool = onDemand({ mix: 'Same', instanceTypes: ['c6i.large', 'm6i.large'] });
    expect(await provider.acquire(gangOf(pool), never)).toMatchObject({ kind: 'acquired', nodes: Array.from({ length: 4 }, () => ({ instanceType: 'm6i.large' })) });
  });

  it('that was counted wrong cools itself for a short time, and on-demand not at all', async () => {
    const { provider, machines, cooldowns, clock } = withReservations([reservation('cr-b', 'c6i.large', 'b', 4)], [['c6i.large', 'a', 'on-demand', 99]]);
    machines.market.set('c6i.large/us-east-1b/reserved', 0);
    machines.codes.set('c6i.large/us-east-1b/reserved', 'ReservationCapacityExceeded');
    for (let attempt = 1; attempt <= 4; attempt++) {
      expect(await provider.acquire(gangOf(onDemand(), { attempt }), never)).toMatchObject({ kind: 'acquired' });
      const active = await cooldowns.active(clock.now());
      expect(active.map(({ scope, untilMs }) => [scope, untilMs - clock.now()])).toEqual([[{ kind: 'offering', offering: { instanceType: 'c6i.large', zone: 'us-east-1b', market: 'reserved' } }, 30_000]]);
      clock.advance(30_000);
    }
  });

  it('that EC2 refuses to use is done without, and asked for no more in the next turns', async () => {
    const { provider, machines, cooldowns, clock } = withReservations([reservation('cr-b', 'c6i.large', 'b', 4)], [['c6i.large', 'a', 'on-demand', 99]]);
    const serve = machines.launch.bind(machines);
    let refused = 0;
    machines.launch = async (record) => {
      if (record.market !== 'reserved') return serve(record);
      refused += 1;
      return { launched: [], unavailable: [], rejected: { code: 'InvalidParameterValue', message: 'it is a Capacity Block' } };
    };
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(await provider.acquire(gangOf(onDemand(), { attempt }), never)).toMatchObject({ kind: 'acquired', nodes: Array.from({ length: 4 }, () => ({ market: 'on-demand' })) });
      clock.advance(30_000);
    }
    expect(refused).toBe(1);
    expect(await cooldowns.active(clock.now())).toMatchObject([{ code: 'InvalidParameterValue', scope: { offering: { market: 'reserved' } } }]);
  });

  it('that is given back is told to those who wait for on-demand', async () => {
    const { provider, knowledge, cooldowns, clock } = withReservations([reservation('cr-b', 'c6i.large', 'b', 4)], []);
    const [first, second] = [gangOf(onDemand(), { zones: ['us-east-1b'] }), gangOf(onDemand(), { zones: ['us-east-1b'], attempt: 2 })];
    expect(await provider.acquire(first, never)).toMatchObject({ kind: 'acquired' });
    knowledge.reserved = [];
    expect(await provider.acquire(second, never)).toMatchObject({ kind: 'short' });
    expect(await cooldowns.active(clock.now())).toMatchObject([{ scope: { offering: { market: 'on-demand' } } }]);
    clock.advance(1000);
    await provider.release(first);
    expect(await cooldowns.active(clock.now())).toEqual([]);
  });

  it('counts as on-demand among the quotas that a job holds', async () => {
    const reserved = [reservation('cr-b', 'c6i.large', 'b', 4)];
    const forSpot = withReservations(reserved, [['c6i.large', 'a', 'spot', 9]]);
    await forSpot.provider.acquire(gangOf(aPool(), { quotas: { 'Standard/spot': 8 } }), never);
    expect(launchLines(forSpot.provider)).toEqual(['workers 4 spot c6i.large a']);
    const forOnDemand = withReservations(reserved, []);
    await forOnDemand.provider.acquire(gangOf(aPool(), { quotas: { 'Standard/on-demand': 8 } }), never);
    expect(launchLines(forOnDemand.provider)).toEqual(['workers ≤4 reserved c6i.large b']);
  });
});

describe('free addresses', () => {
  it('leave out zones that have too few, and bound what is asked of the others', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.addresses = new Map([['subnet-a', 0], ['subnet-b', 2], ['subnet-c', 3]]);
    const { provider } = aProvider([['c6i.large', 'a', 'on-demand', 9], ['c6i.large', 'b', 'on-demand', 9], ['c6i.large', 'c', 'on-demand', 9]], undefined, { knowledge });
    expect(await provider.acquire(gangOf(onDemand()), never)).toMatchObject({ kind: 'acquired' });
    expect(launchLines(provider)).toEqual(['workers ≤2 on-demand c6i.large b', 'workers ≤2 on-demand c6i.large c']);
  });

  it('that are too few everywhere cost no call, and the job looks again', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.addresses = new Map([['subnet-a', 1], ['subnet-b', 1], ['subnet-c', 1]]);
    const { provider, clock } = aProvider([['c6i.large', 'a', 'on-demand', 9]], undefined, { knowledge });
    expect(await provider.acquire(gangOf(onDemand(), { spread: 'Single' }), never)).toMatchObject({ kind: 'short', launches: 0, untilMs: clock.now() + 30_000 });
  });

  it('that are too few are told, and looked for ever more seldom', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.addresses = new Map([['subnet-a', 1], ['subnet-b', 9], ['subnet-c', 9]]);
    const { provider, clock } = aProvider([], undefined, { knowledge });
    const gang = gangOf(onDemand(), { spread: 'Single', zones: ['us-east-1a'], seekingSinceMs: clock.now() });
    const waits: number[] = [];
    for (let turn = 0; turn < 7; turn++) {
      const result = await provider.acquire(gang, never);
      if (result.kind !== 'short') throw new Error(result.kind);
      expect(result).toMatchObject({ launches: 0, cooldowns: [], limits: ['the subnet of us-east-1a has 1 free address for the 4 nodes of the job'] });
      waits.push(result.untilMs - clock.now());
      clock.advance(result.untilMs - clock.now());
    }
    expect(waits).toEqual([30_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000]);
  });

  it('that are too few in one zone do not keep a job from waiting for what cools in others', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.addresses = new Map([['subnet-a', 1], ['subnet-b', 9], ['subnet-c', 9]]);
    const { provider, cooldowns, clock } = aProvider([], undefined, { knowledge });
    const cooling = (['us-east-1b', 'us-east-1c'] as const).map((zone) => ({
      scope: { kind: 'offering', offering: { instanceType: 'c6i.large', zone, market: 'on-demand' } }, code: 'InsufficientInstanceCapacity', failures: 4, sinceMs: clock.now(), untilMs: epochMs(clock.now() + 300_000),
    }) as const);
    await cooldowns.record(cooling);
    expect(await provider.acquire(gangOf(onDemand(), { spread: 'Single' }), never)).toMatchObject({ kind: 'short', launches: 0, untilMs: clock.now() + 300_000, cooldowns: cooling });
  });
});

describe('placement scores and interruption bands', () => {
  const types = ['c6i.large', 'm6i.large', 'r6i.large'];
  const facts = types.map((type) => someFacts(type));
  const firstZone = async (knowledge: InMemoryMarketKnowledge, pool: PoolRequest): Promise<string | undefined> => {
    const { provider } = aProvider([], facts, { knowledge });
    const { launches } = await provider.plan(gangOf(pool), 3600);
    return launches[0]?.zones[0];
  };

  it('put a zone first among equals, and are asked for pools of three types and more only', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.scores = new Map([['us-east-1a', 2], ['us-east-1b', 3], ['us-east-1c', 9]]);
    const pools = [aPool({ instanceTypes: types, count: 12 }), aPool({ instanceTypes: types.slice(0, 2) }), onDemand({ instanceTypes: types })];
    expect(await Promise.all(pools.map((pool) => firstZone(knowledge, pool)))).toEqual(['us-east-1c', 'us-east-1a', 'us-east-1a']);
    const { provider } = aProvider([['c6i.large', 'c', 'spot', 12]], facts, { knowledge });
    for (const [index, pool] of pools.entries()) await provider.acquire(gangOf(pool, { attempt: index + 1 }), never);
    expect(new Set(knowledge.asked.map((question) => JSON.stringify(question)))).toEqual(new Set([JSON.stringify({ region: 'us-east-1', instanceTypes: types, count: 12 })]));
  });

  it('are shown in plans where they are remembered, and are asked for by none', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.scores = new Map([['us-east-1a', 2], ['us-east-1b', 3], ['us-east-1c', 9]]);
    expect(await firstZone(knowledge, aPool({ instanceTypes: types }))).toBe('us-east-1c');
    expect(knowledge.asked).toEqual([]);
  });

  it('never rule a zone out', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.scores = new Map([['us-east-1a', 1], ['us-east-1b', 10], ['us-east-1c', 10]]);
    const { provider } = aProvider([['c6i.large', 'a', 'spot', 9]], facts, { knowledge });
    expect(await provider.acquire(gangOf(aPool({ instanceTypes: types, purchaseOption: 'Spot' })), never)).toMatchObject({ kind: 'acquired', launches: 3 });
  });

  it('decide less than what our own launches found out', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.scores = new Map([['us-east-1a', 10]]);
    const { provider, clock } = aProvider([], facts, { knowledge });
    const gang = (attempt: number): GangRequest => gangOf(aPool({ instanceTypes: types, purchaseOption: 'Spot' }), { attempt, zones: ['us-east-1a'] });
    for (let attempt = 1; attempt <= 2; attempt++) {
      await provider.acquire(gang(attempt), never);
      clock.advance(600_000);
    }
    const plan = await provider.plan(gangOf(aPool({ instanceTypes: types, purchaseOption: 'Spot' })), 3600);
    expect(plan.launches[0]?.zones).toEqual(['us-east-1b']);
  });

  it('prefer types that are taken back less often, where prices are much the same', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    knowledge.bands = new Map([['c6i.large', '>20%'], ['m6i.large', '<5%']]);
    const { provider } = aProvider([], [someFacts('c6i.large', { zones: ['us-east-1a'] }), someFacts('m6i.large', { zones: ['us-east-1b'] })], { knowledge });
    const { launches } = await provider.plan(gangOf(aPool({ instanceTypes: ['c6i.large', 'm6i.large'] })), 3600);
    expect(launches[0]?.zones).toEqual(['us-east-1b']);
  });
});

describe('what nobody could say', () => {
  it('is named in the plan, and only what it would have been used for', async () => {
    const { provider } = aProvider([]);
    expect((await provider.plan(gangOf(onDemand()), 3600)).without).toEqual(['free addresses: nobody has said it', 'quotas of the account: nobody has said it']);
    const pool = aPool({ instanceTypes: ['c6i.large', 'm6i.large', 'p4d.24xlarge'] });
    const reserving = aProvider([], undefined, { deployment });
    expect((await reserving.provider.plan(gangOf(pool), 3600)).without).toEqual([
      'capacity reservations: nobody has said it', 'free addresses: nobody has said it', 'how often Spot machines are taken back: nobody has said it',
      'placement scores for pool workers: nobody has said it', 'quotas of the account: nobody has said it',
    ]);
  });
});

describe('a placement group', () => {
  it('that cannot be filled cools nothing for others, and its own job waits longer with each turn', async () => {
    const { provider, cooldowns, clock } = aProvider([]);
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const result = await provider.acquire(gangOf(onDemand(), { placementGroup: true, spread: 'Single' }), never);
      if (result.kind !== 'short') throw new Error(result.kind);
      waits.push(result.untilMs - clock.now());
      clock.advance(result.untilMs - clock.now());
      expect(await cooldowns.recent(clock.now())).toEqual([]);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000]);
  });
});

describe('Elastic Fabric Adapters', () => {
  const withEfa = [someFacts('c5n.18xlarge', { efa: true }), someFacts('c6i.large')];

  it('are asked of types that have them only', async () => {
    const { provider } = aProvider([['c5n.18xlarge', 'b', 'on-demand', 4], ['c6i.large', 'a', 'on-demand', 9]], withEfa);
    expect(await provider.acquire(gangOf(onDemand({ efa: true, instanceTypes: ['c6i.large', 'c5n.18xlarge'] }), { spread: 'Single' }), never)).toMatchObject({ kind: 'acquired' });
    expect(provider.machines.launches.every(({ instanceTypes }) => instanceTypes.join() === 'c5n.18xlarge')).toBe(true);
  });

  it('that no type of a pool has fail the job, for waiting cures nothing', async () => {
    const { provider } = aProvider([['c6i.large', 'a', 'on-demand', 9]], withEfa);
    expect(await provider.acquire(gangOf(onDemand({ efa: true }), { spread: 'Single' }), never)).toMatchObject({ kind: 'rejected', code: 'NoElasticFabricAdapter' });
  });
});
