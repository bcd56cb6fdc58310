import { describe, expect, it } from '@jest/globals';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import type { CapacityReservation } from '../../../../core/ports/market-knowledge.ts';
import { aDeployment, aPool } from '../../../builders/capacity.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { aProvider, gangOf, launchLines, never, onDemand, type Market3 } from './acquisition.ts';

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
