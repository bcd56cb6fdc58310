import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { GangRequest, LaunchRecord } from '../../../../core/capacity/gang.ts';
import { marketsOf } from '../../../../core/capacity/market-view.ts';
import { never } from './acquisition.ts';
import { aWorld, gangs, stocks } from './law-world.ts';

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
