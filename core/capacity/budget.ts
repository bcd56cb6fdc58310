import type { GangRequest, PoolRequest } from './gang.ts';
import type { LaunchProgress } from './launch-progress.ts';
import type { MarketView } from './market-view.ts';
import { offeringsOf, priceOf } from './market-view.ts';
import { screen, served } from './screen.ts';

/** An amount for people, in dollars. */
export const usdText = (microUsd: number): string => (microUsd / 1e6).toFixed(2);

/** Cheapest price per hour at which one machine of a pool can be had anywhere; 0 where no price is known. */
function cheapest(pool: PoolRequest, gang: GangRequest, view: MarketView): number {
  const { kept } = screen(offeringsOf(pool, Object.keys(view.subnets)), [served(view, pool, gang)]);
  return kept.length === 0 ? 0 : Math.min(...kept.map((offering) => priceOf(offering, view)));
}

/** The least that a gang costs per hour, in millionths of a dollar. */
export function cheapestGang(gang: GangRequest, view: MarketView): number {
  return gang.pools.reduce((sum, pool) => sum + pool.count * cheapest(pool, gang, view), 0);
}

/**
 * What one more machine of a pool may cost per hour so that the whole gang stays within its budget: what is held and the
 * cheapest of the other pools are set aside. `undefined`: there is no budget.
 */
export function priceCeiling(gang: GangRequest, progress: LaunchProgress, pool: PoolRequest, view: MarketView): number | undefined {
  if (gang.maxMicroUsdPerHour === undefined) return undefined;
  const held = progress.held.reduce((sum, instance) => sum + priceOf(instance, view), 0);
  const others = progress.missing
    .filter((missing) => missing.pool.pool !== pool.pool)
    .reduce((sum, missing) => sum + missing.count * cheapest(missing.pool, gang, view), 0);
  const count = progress.missing.find((missing) => missing.pool.pool === pool.pool)?.count ?? 1;
  return (gang.maxMicroUsdPerHour - held - others) / count;
}
