import type { Demand } from '../job/job.ts';
import { scopesOf, type MarketView } from './market-view.ts';
import { scopeKey, type Cooldown } from './offering.ts';

/** Of these cooldowns those that hold back something that the demand may be launched as. */
export function coolingFor({ pools, zones }: Pick<Demand, 'pools' | 'zones'>, cooldowns: readonly Cooldown[], market: Pick<MarketView, 'region' | 'subnets'>): readonly Cooldown[] {
  const where = zones.length === 0 ? Object.keys(market.subnets) : zones;
  const keys = new Set<string>();
  for (const pool of pools) {
    for (const offeringMarket of pool.markets) {
      for (const zone of where) {
        for (const instanceType of pool.types) {
          for (const scope of scopesOf({ instanceType, zone, market: offeringMarket }, market)) keys.add(scopeKey(scope));
        }
      }
    }
  }
  return cooldowns.filter(({ scope }) => keys.has(scopeKey(scope)));
}
