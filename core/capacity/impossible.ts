import type { InstanceTypeFacts } from '../ports/capacity-provider.ts';
import { cheapestGang, usdText } from './budget.ts';
import { efaInterfacesOf } from './efa.ts';
import type { GangRequest, PoolRequest } from './gang.ts';
import type { MarketView } from './market-view.ts';
import { offeringsOf, zonesFor } from './market-view.ts';
import { screen, served } from './screen.ts';

/** Why no market, however full, can serve a gang; `undefined` when one can. Waiting does not cure any of it. */
export function whyImpossible(gang: GangRequest, view: MarketView): { readonly code: string; readonly message: string } | undefined {
  for (const pool of gang.pools) {
    if (pool.instanceTypes.every((type) => !view.types.has(type))) {
      return { code: 'UnknownInstanceType', message: `pool ${pool.pool}: ${gang.region} has no instance type ${pool.instanceTypes.join(', ')}` };
    }
  }
  const plain = gang.pools.find((pool) => pool.efa && !pool.instanceTypes.some((type) => hasEfa(view.types.get(type))));
  if (plain) {
    return { code: 'NoElasticFabricAdapter', message: `pool ${plain.pool}: none of its instance types has an Elastic Fabric Adapter` };
  }
  const apart = gang.placementGroup === true ? gang.pools.find((pool) => !pool.instanceTypes.some((type) => view.types.get(type)?.clusterGroups !== false)) : undefined;
  if (apart) {
    return { code: 'NoClusterPlacementGroup', message: `pool ${apart.pool}: cluster placement groups take none of its instance types` };
  }
  const zones = zonesFor(gang, view);
  const unplaced = gang.pools.find((pool) => !zones.some((zone) => isServed(pool, gang, zone, view)));
  if (unplaced) {
    return { code: 'NotOfferedInZones', message: `pool ${unplaced.pool}: none of its instance types is offered in the zones ${zones.join(', ') || '(none)'}` };
  }
  if (gang.spread === 'Single' && !zones.some((zone) => gang.pools.every((pool) => isServed(pool, gang, zone, view)))) {
    return { code: 'NotOfferedInOneZone', message: `no zone of ${zones.join(', ')} offers instance types of all pools, and the job must stand in one zone` };
  }
  const pricesMove = gang.pools.some(({ purchaseOption }) => purchaseOption !== 'OnDemand');
  const leastMicroUsd = cheapestGang(gang, view);
  if (!pricesMove && gang.maxMicroUsdPerHour !== undefined && leastMicroUsd > gang.maxMicroUsdPerHour) {
    return { code: 'BudgetTooSmall', message: `the job costs at least ${usdText(leastMicroUsd)} USD per hour, more than its limit of ${usdText(gang.maxMicroUsdPerHour)}` };
  }
  return undefined;
}

function isServed(pool: PoolRequest, gang: GangRequest, zone: string, view: MarketView): boolean {
  return screen(offeringsOf(pool, [zone]), [served(view, pool, gang)]).kept.length > 0;
}

const hasEfa = (facts: InstanceTypeFacts | undefined): boolean => facts !== undefined && efaInterfacesOf(facts) > 0;
