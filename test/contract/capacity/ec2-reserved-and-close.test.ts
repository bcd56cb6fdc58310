import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DescribeCapacityReservationsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import type { AcquireResult, GangRequest, PoolRequest } from '../../../core/capacity/gang.ts';
import { scopeKey } from '../../../core/capacity/offering.ts';
import { jobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import { Ec2CapacityProvider } from '../../../lambdas/adapters/ec2/ec2-capacity-provider.ts';
import { Ec2InstanceCatalogue } from '../../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { Ec2PlacementGroups } from '../../../lambdas/adapters/ec2/ec2-placement-groups.ts';
import { PriceList } from '../../../lambdas/adapters/pricing/price-list.ts';
import { SystemClock } from '../../../lambdas/runtime/clock.ts';
import { aDeployment, aGang, aPool, silentLog } from '../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import type { SimulatedEc2 } from './simulated-ec2.ts';
import { startSimulatedEc2 } from './simulated-ec2.ts';

const never = async (): Promise<undefined> => undefined;
const TARGETED = 'cr-00000000000000001';
const OPEN = 'cr-00000000000000002';
const settings = { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 1: 'lt-efa-1', 4: 'lt-efa-4' } }, capacityReservations: [TARGETED] };
const deployment = aDeployment({ namespaces: { '*': settings } });

function nodesOf(result: AcquireResult): readonly Node[] {
  if (result.kind !== 'acquired') throw new Error(`not acquired: ${JSON.stringify(result)}`);
  return result.nodes;
}

describe('Ec2CapacityProvider, over the fleet simulator', () => {
  let cloud: SimulatedEc2;
  let provider: Ec2CapacityProvider;
  let groups: Ec2PlacementGroups;
  let cooldowns: InMemoryCooldownStore;
  let knowledge: InMemoryMarketKnowledge;
  let jobs = 0;
  const clock = new SystemClock();
  const gangOf = (pool: PoolRequest, fields: Partial<GangRequest> = {}): GangRequest => aGang({ jobId: jobId(`01hjob${String(++jobs).padStart(20, '0')}`), pools: [pool], ...fields });
  const onDemand = (fields: Partial<PoolRequest> = {}): PoolRequest => aPool({ instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand', ...fields });
  const cooling = async () => (await cooldowns.active(clock.now())).map(({ scope }) => scopeKey(scope));
  const freeSlots = async (id: string): Promise<number | undefined> => {
    const answer = await cloud.ec2.send(new DescribeCapacityReservationsCommand({ CapacityReservationIds: [id] }));
    return answer.CapacityReservations?.[0]?.AvailableInstanceCount;
  };
  const known = (available: number): void => {
    knowledge.reserved = [{ reservationId: TARGETED, instanceType: 'm6i.large', zone: 'us-east-1b', available, total: 4, matching: 'targeted' }];
  };

  beforeAll(async () => {
    cloud = await startSimulatedEc2(deployment);
    const interfaces = [0, 1, 2, 3].map((card) => ({ cardIndex: card, deviceIndex: card === 0 ? 0 : 1, kind: card === 0 ? 'efa' : 'efa-only' }) as const);
    cloud.templates.set('lt-efa-1', { interfaces: interfaces.slice(0, 1) });
    cloud.templates.set('lt-efa-4', { interfaces });
  });
  beforeEach(() => {
    cloud.supply([]);
    const table = new InMemoryTable();
    cooldowns = new InMemoryCooldownStore(table);
    knowledge = new InMemoryMarketKnowledge();
    const catalogue = new Ec2InstanceCatalogue({ ec2: cloud.ec2, region: deployment.region, prices: new PriceList(cloud.pricing), clock, log: silentLog });
    provider = new Ec2CapacityProvider({ ec2: cloud.ec2, attempts: new InMemoryAttemptStore(table), cooldowns, knowledge, catalogue, clock, deployment, log: silentLog });
    groups = new Ec2PlacementGroups(cloud.ec2, deployment.name);
  });
  afterEach(() => cloud.simulator.context.faults.remove());
  afterAll(async () => cloud.close());

  describe('with reserved capacity', () => {
    it('fills a targeted reservation first and takes the rest on demand', async () => {
      cloud.supply([['m6i.large', 'b', 'on-demand', 9]]);
      cloud.simulator.context.market.change({ reservations: [{ id: TARGETED, type: 'm6i.large', zone: 'us-east-1b', total: 4, matching: 'targeted' }] });
      known(4);
      const gang = gangOf(onDemand({ count: 6 }));
      const nodes = nodesOf(await provider.acquire(gang, never));
      expect(nodes.map(({ market }) => market)).toEqual(['reserved', 'reserved', 'reserved', 'reserved', 'on-demand', 'on-demand']);
      expect(await freeSlots(TARGETED)).toBe(0);
      expect(await cooling()).toEqual([]);
      await provider.release(gang);
      expect(await freeSlots(TARGETED)).toBe(4);
    });

    it('goes on where a reservation has less than was known, without a word against on-demand', async () => {
      cloud.supply([['m6i.large', 'b', 'on-demand', 9]]);
      cloud.simulator.context.market.change({ reservations: [{ id: TARGETED, type: 'm6i.large', zone: 'us-east-1b', total: 1, matching: 'targeted' }] });
      known(4);
      const gang = gangOf(onDemand({ count: 3 }), { zones: ['us-east-1b'] });
      expect(nodesOf(await provider.acquire(gang, never)).map(({ market }) => market)).toEqual(['reserved', 'on-demand', 'on-demand']);
      expect(await cooling()).toEqual(['offering/m6i.large/us-east-1b/reserved']);
      await provider.release(gang);
    });

    it('does without a reservation that is no more', async () => {
      cloud.supply([['m6i.large', 'b', 'on-demand', 9]]);
      knowledge.reserved = [{ reservationId: 'cr-0000000000000dead', instanceType: 'm6i.large', zone: 'us-east-1b', available: 4, total: 4, matching: 'targeted' }];
      const dead = aDeployment({ namespaces: { '*': { ...settings, capacityReservations: ['cr-0000000000000dead'] } } });
      const catalogue = new Ec2InstanceCatalogue({ ec2: cloud.ec2, region: dead.region, prices: new PriceList(cloud.pricing), clock, log: silentLog });
      const other = new Ec2CapacityProvider({ ec2: cloud.ec2, attempts: new InMemoryAttemptStore(), cooldowns, knowledge, catalogue, clock, deployment: dead, log: silentLog });
      const gang = gangOf(onDemand({ count: 2 }), { zones: ['us-east-1b'] });
      expect(nodesOf(await other.acquire(gang, never)).map(({ market }) => market)).toEqual(['on-demand', 'on-demand']);
      await other.release(gang);
    });

    it('takes what an open reservation holds together with what is sold on demand, all or nothing', async () => {
      cloud.supply([['m6i.large', 'b', 'on-demand', 2]]);
      cloud.simulator.context.market.change({ reservations: [{ id: OPEN, type: 'm6i.large', zone: 'us-east-1b', total: 2, matching: 'open' }] });
      const gang = gangOf(onDemand({ count: 4 }), { zones: ['us-east-1b'], spread: 'Single' });
      expect(nodesOf(await provider.acquire(gang, never))).toHaveLength(4);
      expect(await freeSlots(OPEN)).toBe(0);
      expect(await cooling()).toEqual([]);
      await provider.release(gang);
    });
  });

  describe('with a placement group', () => {
    it('makes a group for the zone, whose machines stand in it, and which can be removed once they are gone', async () => {
      cloud.supply([['c6i.large', 'b', 'on-demand', 4]]);
      const gang = gangOf(onDemand({ instanceTypes: ['c6i.large'] }), { placementGroup: true, spread: 'Single' });
      const nodes = nodesOf(await provider.acquire(gang, never));
      const name = `test-${gang.jobId}-1-us-east-1b`;
      const { Reservations = [] } = await cloud.ec2.send(new DescribeInstancesCommand({ InstanceIds: nodes.map(({ instanceId }) => instanceId) }));
      expect(Reservations.flatMap(({ Instances = [] }) => Instances.map(({ Placement }) => Placement?.GroupName))).toEqual([name, name, name, name]);
      expect((await groups.list()).filter((group) => group.jobId === gang.jobId)).toContainEqual({ name, jobId: gang.jobId, attempt: 1 });
      expect(await groups.remove(name)).toBe(false);
      await provider.release(gang);
      expect(await groups.remove(name)).toBe(true);
      expect(await groups.remove(name)).toBe(true);
      for (const group of await groups.list()) expect(await groups.remove(group.name)).toBe(true);
      expect(await groups.list()).toEqual([]);
    });

    const fail = (action: string, code: string): void => {
      cloud.simulator.context.faults.add([{ kind: 'fail', action, code, message: 'Injected', status: 400 }]);
    };
    const close = (): GangRequest => {
      cloud.supply([['c6i.large', 'a', 'on-demand', 9], ['c6i.large', 'b', 'on-demand', 9]]);
      return gangOf(onDemand({ instanceTypes: ['c6i.large'] }), { placementGroup: true, spread: 'Single' });
    };

    it('asks for no type that no cluster takes, and launches nothing where a pool has no other', async () => {
      cloud.supply([['t3.medium', 'a', 'on-demand', 9], ['c6i.large', 'a', 'on-demand', 9]]);
      const gang = gangOf(onDemand({ instanceTypes: ['t3.medium', 'c6i.large'] }), { placementGroup: true, spread: 'Single', zones: ['us-east-1a'] });
      expect(nodesOf(await provider.acquire(gang, never)).map(({ instanceType }) => instanceType)).toEqual(Array(4).fill('c6i.large'));
      await provider.release(gang);
      const pools = [onDemand({ pool: 'head', count: 1, instanceTypes: ['t3.medium'] }), onDemand({ instanceTypes: ['c6i.large'] })];
      const apart = { ...gangOf(onDemand()), pools, placementGroup: true, spread: 'Single' } as const;
      expect(await provider.acquire(apart, never)).toEqual({ kind: 'rejected', code: 'NoClusterPlacementGroup', message: 'pool head: cluster placement groups take none of its instance types' });
      expect(await provider.release(apart)).toEqual({ terminated: 0, remaining: 0 });
    });

    it('waits alone where the account has no room for another group, and leaves nothing open to release', async () => {
      const gang = close();
      fail('CreatePlacementGroup', 'PlacementGroupLimitExceeded');
      expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'short', shortfall: 4 });
      expect(await cooling()).toEqual([]);
      expect(await provider.release(gang)).toEqual({ terminated: 0, remaining: 0 });
    });

    it('fails where it may not make a group', async () => {
      const gang = close();
      fail('CreatePlacementGroup', 'UnauthorizedOperation');
      expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'rejected', code: 'UnauthorizedOperation' });
    });

    it('tries again later where a launch does not see its group yet', async () => {
      const gang = close();
      fail('CreateFleet', 'InvalidPlacementGroup.Unknown');
      expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'short', shortfall: 4 });
      expect(await cooling()).toEqual([]);
    });

    it('needs no group any more to make again a launch whose answer was lost', async () => {
      const gang = close();
      cloud.simulator.context.faults.add([{ kind: 'launchThenFail', how: 'error', count: 1 }]);
      await expect(provider.acquire(gang, never)).rejects.toMatchObject({ name: 'InternalError' });
      for (const action of ['CreatePlacementGroup', 'DescribePlacementGroups']) fail(action, 'UnauthorizedOperation');
      expect(nodesOf(await provider.acquire(gang, never))).toHaveLength(4);
      expect(await provider.release(gang)).toEqual({ terminated: 4, remaining: 0 });
    });

    it('goes on to the next zone with a group of its own', async () => {
      cloud.supply([['c6i.large', 'a', 'on-demand', 9], ['m6i.large', 'b', 'on-demand', 4], ['c6i.large', 'b', 'on-demand', 9]]);
      const pools = [onDemand({ pool: 'head', count: 1 }), onDemand({ count: 2, instanceTypes: ['c6i.large'] })];
      const gang = gangOf(onDemand(), { pools, placementGroup: true, spread: 'Single' });
      expect(new Set(nodesOf(await provider.acquire(gang, never)).map(({ zone }) => zone))).toEqual(new Set(['us-east-1b']));
      expect(await cooling()).toEqual([]);
      await provider.release(gang);
    });
  });

  describe('with Elastic Fabric Adapters', () => {
    it('launches each type with as many as it has', async () => {
      cloud.supply([['p4d.24xlarge', 'a', 'on-demand', 2]]);
      const gang = gangOf(onDemand({ count: 2, instanceTypes: ['p4d.24xlarge'], efa: true }), { spread: 'Single' });
      const nodes = nodesOf(await provider.acquire(gang, never));
      const { Reservations = [] } = await cloud.ec2.send(new DescribeInstancesCommand({ InstanceIds: nodes.map(({ instanceId }) => instanceId) }));
      expect(Reservations.flatMap(({ Instances = [] }) => Instances.map(({ NetworkInterfaces = [] }) => NetworkInterfaces.map(({ InterfaceType }) => InterfaceType)))).toEqual([
        ['efa', 'efa-only', 'efa-only', 'efa-only'], ['efa', 'efa-only', 'efa-only', 'efa-only'],
      ]);
      await provider.release(gang);
    });
  });
});
