import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { GangRequest } from '../../../../core/capacity/gang.ts';
import { besides } from '../../../../core/capacity/replacement.ts';
import { microUsd } from '../../../../core/job/ids.ts';
import type { Node } from '../../../../core/job/job.ts';
import { aGang, aPool, ZONES } from '../../../builders/capacity.ts';
import { never } from './acquisition.ts';
import { aWorld, gangs, pools, stocks, TYPES } from './law-world.ts';

/** Spot prices per hour of some types in some zones, above the list price too; those of the others are not known. */
const spotPrices: fc.Arbitrary<ReadonlyMap<string, number>> = fc
  .array(fc.tuple(fc.constantFrom(...TYPES), fc.constantFrom(...ZONES), fc.integer({ min: 1000, max: 400_000 })), { maxLength: 9 })
  .map((drawn) => new Map(drawn.map(([type, zone, price]) => [`${type}/${zone}`, price])));

/** What a pool of the cheapest type would cost, less or more: budgets that bind. */
const budgets = fc.option(fc.double({ min: 0.2, max: 2, noNaN: true }), { nil: undefined });
const listPrice = ({ pools: wanted }: GangRequest): number => wanted.reduce((sum, { count, instanceTypes }) => sum + count * (instanceTypes.includes('p4d.24xlarge') && instanceTypes.length === 1 ? 32_000_000 : 96_000), 0);
const priced: fc.Arbitrary<GangRequest> = fc
  .tuple(fc.oneof(gangs, pools.map((fields) => aGang({ pools: [aPool(fields)] }))), budgets)
  .map(([gang, share]) => (share === undefined ? gang : { ...gang, maxMicroUsdPerHour: microUsd(Math.round(share * listPrice(gang))) }));

/** A type that the budget allows in one zone only is not asked for in others, where one call may name several. */
const cheapInOneZone: [GangRequest, ReadonlyMap<string, number>, ReadonlyMap<string, number>] = [
  aGang({ spread: 'Any', maxMicroUsdPerHour: microUsd(90_000), pools: [aPool({ count: 1, instanceTypes: ['c6i.large', 'p4d.24xlarge'] })] }),
  new Map([['p4d.24xlarge/us-east-1c/spot', 1]]),
  new Map([['p4d.24xlarge/us-east-1a', 1000]]),
];

const TTL_SECONDS = 5400;

/** What the nodes of a gang cost per hour, and what the plan had said before; `undefined`: the gang was not to be had. */
async function costs(gang: GangRequest, stock: ReadonlyMap<string, number>, spot: ReadonlyMap<string, number>) {
  const { provider } = aWorld({ stock, spot });
  const plan = await provider.plan(gang, TTL_SECONDS);
  const result = await provider.acquire(gang, never);
  if (result.kind !== 'acquired') return undefined;
  return { plan, microUsdPerHour: result.nodes.reduce((sum, node) => sum + node.microUsdPerHour, 0) };
}

describe('what a gang costs', () => {
  it('is never more than the plan has shown, in whatever markets and at whatever prices it is had', async () => {
    await fc.assert(
      fc.asyncProperty(priced, stocks, spotPrices, async (gang, stock, spot) => {
        const had = await costs(gang, stock, spot);
        if (had === undefined) return;
        expect(had.microUsdPerHour).toBeLessThanOrEqual(had.plan.maxMicroUsdPerHour);
        expect((had.microUsdPerHour * TTL_SECONDS) / 3600).toBeLessThanOrEqual(had.plan.maxMicroUsdPerAttempt);
      }),
      { numRuns: 400 },
    );
  });

  it('is never more over all attempts than so many times what the plan has shown of one, wherever each finds its machines', async () => {
    const attempts = fc.array(stocks, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(priced, attempts, spotPrices, async (gang, stocksOfAttempts, spot) => {
        const { provider, restock } = aWorld({ spot });
        const { maxMicroUsdPerAttempt } = await provider.plan(gang, TTL_SECONDS);
        let cost = 0;
        for (const [index, stock] of stocksOfAttempts.entries()) {
          restock(stock);
          const attempt = { ...gang, attempt: index + 1 };
          const result = await provider.acquire(attempt, never);
          if (result.kind === 'acquired') cost += result.nodes.reduce((sum, node) => sum + (node.microUsdPerHour * TTL_SECONDS) / 3600, 0);
          await provider.release(attempt);
        }
        expect(cost).toBeLessThanOrEqual(stocksOfAttempts.length * maxMicroUsdPerAttempt);
      }),
      { numRuns: 200 },
    );
  });

  it('is never more than its budget', async () => {
    await fc.assert(
      fc.asyncProperty(priced, stocks, spotPrices, async (gang, stock, spot) => {
        const had = await costs(gang, stock, spot);
        if (had !== undefined) expect(had.microUsdPerHour).toBeLessThanOrEqual(gang.maxMicroUsdPerHour ?? Infinity);
      }),
      { numRuns: 400, examples: [cheapInOneZone] },
    );
  });

  it('is never more than its budget when nodes are replaced, of which there are on-demand ones then', async () => {
    const small = pools.map((fields) => ({ ...fields, instanceTypes: ['c6i.large', 'm6i.large'], purchaseOption: 'SpotPreferred' as const }));
    const onSpot = fc.tuple(fc.array(small, { minLength: 1, maxLength: 3 }), fc.double({ min: 0.4, max: 1.5, noNaN: true })).map(([drawn, share]) => {
      const gang = aGang({ spread: 'Prefer', pools: drawn.map((fields, index) => aPool({ ...fields, pool: `pool-${index}` })) });
      return { ...gang, maxMicroUsdPerHour: microUsd(Math.round(share * listPrice(gang))) };
    });
    const plenty = (market: string): ReadonlyMap<string, number> => new Map(TYPES.flatMap((type) => ZONES.map((zone) => [`${type}/${zone}/${market}`, 20] as const)));
    let replacements = 0;
    await fc.assert(
      fc.asyncProperty(onSpot, fc.integer({ min: 1, max: 63 }), async (gang, lostRanks) => {
        const { provider, machines, restock } = aWorld({ stock: plenty('spot') });
        const result = await provider.acquire(gang, never);
        if (result.kind !== 'acquired') return;
        const isLost = ({ rank }: Node): boolean => ((lostRanks >> rank % 6) & 1) === 1;
        const staying = result.nodes.filter((node) => !isLost(node));
        for (const node of result.nodes.filter(isLost)) machines.reclaim(node.instanceId);
        restock(plenty('on-demand'));
        const replaced = await provider.replace(besides(gang, staying), result.nodes.filter(isLost), never);
        if (replaced.kind !== 'acquired') return;
        replacements += replaced.nodes.length;
        const microUsdPerHour = [...staying, ...replaced.nodes].reduce((sum, node) => sum + node.microUsdPerHour, 0);
        expect(microUsdPerHour).toBeLessThanOrEqual(gang.maxMicroUsdPerHour);
      }),
      { numRuns: 200 },
    );
    expect(replacements).toBeGreaterThan(20);
  });
});
