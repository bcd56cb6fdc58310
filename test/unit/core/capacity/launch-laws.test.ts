import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { quotaFamily } from '../../../../core/capacity/error-scope.ts';
import type { GangRequest, LaunchRecord } from '../../../../core/capacity/gang.ts';
import { marketsOf } from '../../../../core/capacity/market-view.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import type { QuotaKey } from '../../../../core/job/job.ts';
import { ZONES } from '../../../builders/capacity.ts';
import { never } from './acquisition.ts';
import { aWorld, gangs, offerings, stocks } from './law-world.ts';

/** What launches of a gang may never be, as texts. */
function wrongs(gang: GangRequest, launches: readonly LaunchRecord[]): readonly string[] {
  return launches.flatMap(({ pool: name, zones, instanceTypes, market, count, minimum }) => {
    const pool = gang.pools.find((candidate) => candidate.pool === name);
    if (pool === undefined) return [`no pool ${name}`];
    return [
      ...zones.filter((zone) => gang.zones.length > 0 && !gang.zones.includes(zone)),
      ...instanceTypes.filter((type) => !pool.instanceTypes.includes(type)),
      ...(marketsOf(pool).includes(market) || (market === 'reserved' && pool.purchaseOption !== 'Spot') ? [] : [`${name} in market ${market}`]),
      ...(count <= pool.count && minimum >= 1 && minimum <= count ? [] : [`${minimum} to ${count} for ${name}`]),
      ...(gang.spread === 'Any' || zones.length === 1 ? [] : [`${zones.length} zones in one call`]),
    ];
  });
}

describe('the launches of a gang', () => {
  it('are of its zones, types and markets, and never for more than its pools want', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, stocks, async (gang, stock) => {
        const { provider, machines } = aWorld({ stock });
        await provider.acquire(gang, never);
        expect(wrongs(gang, machines.launches)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('name nothing that an operator has paused', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, stocks, fc.array(offerings, { minLength: 1, maxLength: 6 }), async (gang, stock, paused) => {
        const { provider, machines, cooldowns, clock } = aWorld({ stock });
        await cooldowns.record(paused.map((offering) => cooldownOf({ scope: { kind: 'offering', ...offering }, by: 'ada', reason: 'prices', atMs: clock.now() })));
        await provider.acquire(gang, never);
        const asked = new Set(machines.launches.flatMap(({ zones, instanceTypes, market }) => zones.flatMap((zone) => instanceTypes.map((instanceType) => offeringKey({ instanceType, zone, market })))));
        expect(paused.map(offeringKey).filter((key) => asked.has(key))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('take reserved machines for no pool that wants Spot alone, and nothing of a quota that the job does not hold', async () => {
    const quotas = fc.subarray(['Standard/spot', 'Standard/on-demand', 'P/spot', 'P/on-demand'] as const, { minLength: 1 }).map((keys): NonNullable<GangRequest['quotas']> => Object.fromEntries(keys.map((key) => [key, 999])));
    await fc.assert(
      fc.asyncProperty(gangs, stocks, quotas, async (gang, stock, held) => {
        const { provider, machines } = aWorld({ stock });
        await provider.acquire({ ...gang, quotas: held }, never);
        const used = machines.launches.flatMap(({ instanceTypes, market }) => instanceTypes.map((type): QuotaKey => `${quotaFamily(type)}/${market === 'reserved' ? 'on-demand' : market}`));
        expect(used.filter((key) => held[key] === undefined)).toEqual([]);
        const spotOnly = new Set(gang.pools.filter(({ purchaseOption }) => purchaseOption === 'Spot').map(({ pool }) => pool));
        expect(machines.launches.filter(({ pool, market }) => spotOnly.has(pool) && market !== 'spot')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('ask for no more than there are addresses, where that is known', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, stocks, fc.array(fc.nat(6), { minLength: 3, maxLength: 3 }), async (gang, stock, free) => {
        const { provider, machines, knowledge } = aWorld({ stock });
        const bySubnet = new Map(ZONES.map((zone, index) => [`subnet-${zone.slice(-1)}`, free[index] ?? 0]));
        knowledge.addresses = bySubnet;
        await provider.acquire(gang, never);
        const room = (zones: readonly string[]): number => zones.reduce((sum, zone) => sum + (bySubnet.get(`subnet-${zone.slice(-1)}`) ?? 0), 0);
        expect(machines.launches.filter(({ count, zones }) => count > room(zones))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are the same again where the same is known', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, stocks, stocks, async (gang, before, stock) => {
        const run = async () => {
          const { provider, machines, clock, restock } = aWorld({ stock: before });
          await provider.acquire(gang, never);
          await provider.release(gang);
          clock.advance(40_000);
          restock(stock);
          const plan = await provider.plan(gang, 3600);
          return { plan, result: await provider.acquire({ ...gang, attempt: 2 }, never), launches: machines.launches };
        };
        expect(await run()).toEqual(await run());
      }),
      { numRuns: 100 },
    );
  });

  it('are the first of the plan that was shown before', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, stocks, async (gang, stock) => {
        const { provider, machines } = aWorld({ stock });
        const { launches: [planned] } = await provider.plan(gang, 3600);
        await provider.acquire(gang, never);
        const [made] = machines.launches;
        const told = made && { pool: made.pool, count: made.count, market: made.market, instanceTypes: made.instanceTypes, zones: made.zones };
        if (told === undefined) expect(planned).toBeUndefined();
        else expect(planned).toMatchObject(told);
      }),
      { numRuns: 200 },
    );
  });
});
