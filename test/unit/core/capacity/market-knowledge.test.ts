import { describe, expect, it } from '@jest/globals';
import type { GangRequest, PoolRequest } from '../../../../core/capacity/gang.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { aDeployment, aPool, someFacts } from '../../../builders/capacity.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { aProvider, gangOf, launchLines, never, onDemand } from './acquisition.ts';

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
    const reserving = aProvider([], undefined, { deployment: aDeployment({ namespaces: { '*': { launchTemplates: { x86_64: 'lt-x86' }, capacityReservations: ['cr-b'] } } }) });
    expect((await reserving.provider.plan(gangOf(pool), 3600)).without).toEqual([
      'capacity reservations: nobody has said it', 'free addresses: nobody has said it', 'how often Spot machines are taken back: nobody has said it',
      'placement scores for pool workers: nobody has said it', 'quotas of the account: nobody has said it',
    ]);
  });
});
