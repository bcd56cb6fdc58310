import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AcquireResult, GangRequest, PoolRequest } from '../../../core/capacity/gang.ts';
import { scopeKey } from '../../../core/capacity/offering.ts';
import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import { instanceId, jobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import { aGang, aPool } from '../../builders/capacity.ts';
import { itOutlivesCrashes } from './crashes.contract.ts';
import type { CapacityWorld } from './world.ts';

const never = async (): Promise<undefined> => undefined;
const alive = ['pending', 'running'];

function nodesOf(result: AcquireResult): readonly Node[] {
  if (result.kind !== 'acquired') throw new Error(`not acquired: ${JSON.stringify(result)}`);
  return result.nodes;
}

/** What a capacity provider promises, whatever cloud is behind it. */
export function describeCapacityProvider(name: string, open: () => Promise<CapacityWorld>): void {
  describe(`CapacityProvider: ${name}`, () => {
    let world: CapacityWorld;
    let jobs = 0;

    beforeAll(async () => {
      world = await open();
    });
    afterAll(async () => {
      await world.close();
    });

    beforeEach(async () => {
      await world.cooldowns.clear((await world.cooldowns.recent(world.clock.now())).map(({ scope }) => scopeKey(scope)));
    });

    /** Each test has a job of its own, for instances of earlier ones are remembered for a while. */
    const gangOf = (pools: readonly PoolRequest[], fields: Partial<GangRequest> = {}): GangRequest =>
      aGang({ jobId: jobId(`01hjob${String(++jobs).padStart(20, '0')}`), labels: { cost: 'center 7' }, pools, ...fields });
    const living = async (gang: GangRequest) => (await world.provider.describe(gang)).filter(({ state }) => alive.includes(state));
    const release = async (gang: GangRequest): Promise<void> => {
      expect(await world.provider.release(gang)).toMatchObject({ remaining: 0 });
      expect(await living(gang)).toEqual([]);
    };

    it('acquires a gang of several pools, with addresses, and releases it', async () => {
      await world.supply([['m6i.large', 'b', 'on-demand', 1], ['c6i.large', 'b', 'spot', 3]]);
      const gang = gangOf([aPool({ pool: 'head', count: 1, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' }), aPool({ count: 3 })]);
      const nodes = nodesOf(await world.provider.acquire(gang, never));
      expect(nodes.map(({ name: node, rank, zone, market }) => [node, rank, zone, market])).toEqual([
        ['head-0', 0, 'us-east-1b', 'on-demand'], ['workers-0', 1, 'us-east-1b', 'spot'], ['workers-1', 2, 'us-east-1b', 'spot'], ['workers-2', 3, 'us-east-1b', 'spot'],
      ]);
      expect(new Set(nodes.map(({ address }) => address)).size).toBe(4);
      expect(nodes.every(({ address }) => /^\d+\.\d+\.\d+\.\d+$/.test(address))).toBe(true);
      expect(nodes.every(({ microUsdPerHour }) => microUsdPerHour > 0)).toBe(true);
      expect((await living(gang)).map(({ pool, jobId: job, attempt }) => [pool, job, attempt]).toSorted()).toEqual([
        ['head', gang.jobId, 1], ['workers', gang.jobId, 1], ['workers', gang.jobId, 1], ['workers', gang.jobId, 1],
      ]);
      await release(gang);
    });

    it('packs Spot into zones and takes the rest on demand', async () => {
      await world.supply([['c6i.large', 'a', 'spot', 2], ['c6i.large', 'c', 'spot', 1], ['c6i.large', 'c', 'on-demand', 5]]);
      const gang = gangOf([aPool({ count: 5 })]);
      const nodes = nodesOf(await world.provider.acquire(gang, never));
      expect(nodes.map(({ zone, market }) => `${zone} ${market}`).toSorted()).toEqual([
        'us-east-1a spot', 'us-east-1a spot', 'us-east-1c on-demand', 'us-east-1c on-demand', 'us-east-1c spot',
      ]);
      await release(gang);
    });

    it('keeps nothing of a gang that stays short, and remembers why', async () => {
      await world.supply([['m6i.xlarge', 'a', 'spot', 2]]);
      const gang = gangOf([aPool({ count: 5, instanceTypes: ['m6i.xlarge'], purchaseOption: 'Spot' })]);
      const result = await world.provider.acquire(gang, never);
      expect(result).toMatchObject({ kind: 'short', shortfall: 3 });
      expect(await living(gang)).toEqual([]);
      const cooling = await world.cooldowns.active(world.clock.now());
      expect(cooling.map(({ code }) => code)).toContain('InsufficientInstanceCapacity');
      expect(await world.provider.acquire(gang, never)).toMatchObject({ kind: 'short', launches: 0 });
    });

    it('goes on from its records when an answer was lost, without launching twice', async () => {
      await world.supply([['c6i.xlarge', 'a', 'spot', 9], ['c6i.xlarge', 'b', 'spot', 9]]);
      const gang = gangOf([aPool({ count: 3, instanceTypes: ['c6i.xlarge'] })]);
      await world.loseAnswer();
      await expect(world.provider.acquire(gang, never)).rejects.toBeInstanceOf(Error);
      await world.mend();
      const nodes = nodesOf(await world.provider.acquire(gang, never));
      expect(new Set((await living(gang)).map((instance) => instance.instanceId))).toEqual(new Set(nodes.map((node) => node.instanceId)));
      expect(nodes).toHaveLength(3);
      await release(gang);
    });

    it('leaves nothing behind when nobody goes on after a lost answer', async () => {
      await world.supply([['c6i.2xlarge', 'a', 'spot', 9], ['c6i.2xlarge', 'b', 'spot', 9]]);
      const gang = gangOf([aPool({ count: 3, instanceTypes: ['c6i.2xlarge'] })]);
      await world.loseAnswer();
      await expect(world.provider.acquire(gang, never)).rejects.toBeInstanceOf(Error);
      await world.mend();
      expect(await world.provider.release(gang)).toEqual({ terminated: 3, remaining: 0 });
      expect(await living(gang)).toEqual([]);
    });

    it('replaces nodes in their places', async () => {
      await world.supply([['c6i.large', 'a', 'spot', 2], ['c6i.large', 'a', 'on-demand', 9]]);
      const gang = gangOf([aPool({ count: 2, purchaseOption: 'OnDemand' })]);
      const nodes = nodesOf(await world.provider.acquire(gang, never));
      const fresh = nodesOf(await world.provider.replace(gang, nodes.slice(1), never));
      expect(fresh).toMatchObject([{ name: 'workers-1', rank: 1, zone: nodes[1]?.zone }]);
      expect(fresh[0]?.instanceId).not.toBe(nodes[1]?.instanceId);
      expect(nodesOf(await world.provider.replace(gang, nodes.slice(1), never))).toEqual(fresh);
      await release(gang);
    });

    it('tells of all that lives, whoever it belongs to', async () => {
      await world.supply([['m6i.large', 'a', 'on-demand', 4]]);
      const gangs = [1, 2].map(() => gangOf([aPool({ count: 2, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' })]));
      for (const gang of gangs) nodesOf(await world.provider.acquire(gang, never));
      const known = await world.provider.describeAll();
      for (const gang of gangs) expect(known.filter(({ jobId: job, state }) => job === gang.jobId && alive.includes(state))).toHaveLength(2);
      for (const gang of gangs) await release(gang);
    });

    it('finds one of its instances by its id, and says whether it was told to go', async () => {
      await world.supply([['m6i.large', 'a', 'on-demand', 1]]);
      const gang = gangOf([aPool({ count: 1, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' })]);
      const [node] = nodesOf(await world.provider.acquire(gang, never));
      const id = node?.instanceId ?? instanceId('i-none');
      const found = await world.provider.find(id);
      expect(found).toMatchObject({ instanceId: id, jobId: gang.jobId, attempt: 1, zone: 'us-east-1a' });
      expect(found).not.toHaveProperty('endedByCall');
      await release(gang);
      expect(await world.provider.find(id)).toMatchObject({ endedByCall: true });
      expect(await world.provider.find(instanceId('i-0123456789abcdef0'))).toBeUndefined();
    });

    it('passes over instances that the cloud does not know', async () => {
      await world.supply([['m6i.large', 'a', 'on-demand', 1]]);
      const gang = gangOf([aPool({ count: 1, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' })]);
      const [node] = nodesOf(await world.provider.acquire(gang, never));
      if (!node) throw new Error('no node');
      await world.provider.terminate(['i-0000000000000ffff' as typeof node.instanceId, node.instanceId]);
      expect(await living(gang)).toEqual([]);
      await release(gang);
    });

    it('plans in the order in which it would launch, with the highest cost', async () => {
      await world.supply([]);
      const gang = gangOf([aPool({ count: 2, instanceTypes: ['g5.xlarge'] })], { zones: ['us-east-1a', 'us-east-1c'] });
      const facts = await world.catalogue.facts('us-east-1', ['g5.xlarge']);
      const price = facts.get('g5.xlarge')?.microUsdPerHour ?? 0;
      const plan = await world.provider.plan(gang, 7200);
      expect(plan.launches.map(({ pool, count, market, zones }) => [pool, count, market, zones])).toEqual(
        expect.arrayContaining([['workers', 2, 'spot', ['us-east-1a']], ['workers', 2, 'on-demand', ['us-east-1a']]]),
      );
      expect(plan.launches.findIndex(({ market }) => market === 'on-demand')).toBeGreaterThan(plan.launches.findLastIndex(({ market }) => market === 'spot'));
      expect(plan.maxMicroUsdPerHour).toBe(2 * price);
      expect(plan.maxMicroUsdPerAttempt).toBe(4 * price);
      expect(await living(gang)).toEqual([]);
    });

    itOutlivesCrashes({ world: () => world, gangOf });

    it('asks for patience when the cloud does, and keeps the launch to come back to', async () => {
      await world.supply([['m6i.large', 'a', 'on-demand', 2]]);
      const gang = gangOf([aPool({ count: 2, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' })]);
      await world.throttle();
      await expect(world.provider.acquire(gang, never)).rejects.toThrow(DependencyThrottledError);
      await world.mend();
      nodesOf(await world.provider.acquire(gang, never));
      await release(gang);
    });
  });
}
