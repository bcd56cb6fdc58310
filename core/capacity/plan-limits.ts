import { cheapestGang, priceCeiling, usdText } from './budget.ts';
import type { GangRequest, PoolRequest } from './gang.ts';
import { progressOf } from './launch-progress.ts';
import type { MarketView } from './market-view.ts';
import { marketsOf, offeringsOf, zonesFor } from './market-view.ts';
import { quotaFits, quotaText } from './quota-fit.ts';
import { affordable, screen, served } from './screen.ts';

/** Limits that a gang meets as things are: quotas of the account, addresses, its own budget. */
export function limitsOf(gang: GangRequest, view: MarketView): string[] {
  return [...gang.pools.flatMap((pool) => quotaLimits(pool, view)), ...addressLimits(gang, view), ...budgetLimits(gang, view)];
}

/** Quotas that do not hold a pool whole, whatever else runs. */
function quotaLimits({ pool, count, mix, instanceTypes, ...request }: PoolRequest, view: MarketView): string[] {
  if (view.accountQuotas === undefined) return [];
  const types = instanceTypes.flatMap((instanceType) => view.types.get(instanceType) ?? []);
  const markets = marketsOf({ pool, count, mix, instanceTypes, ...request });
  return markets.flatMap((market) =>
    (quotaFits({ count, mix, types, markets: [market] }, view.accountQuotas ?? new Map()) ?? [])
      .filter(({ most }) => most < count)
      .map((fit) => `the account’s quota of ${quotaText(fit)} holds ${fit.most} of the ${count} nodes of pool ${pool}`),
  );
}

function addressLimits(gang: GangRequest, view: MarketView): string[] {
  const nodes = gang.pools.reduce((sum, { count }) => sum + count, 0);
  return zonesFor(gang, view).flatMap((zone) => {
    const free = view.freeAddresses?.get(view.subnets[zone] ?? '');
    return free === undefined || free >= nodes ? [] : [`the subnet of ${zone} has ${free} free ${free === 1 ? 'address' : 'addresses'} for the ${nodes} nodes of the job`];
  });
}

function budgetLimits(gang: GangRequest, view: MarketView): string[] {
  const { maxMicroUsdPerHour } = gang;
  if (maxMicroUsdPerHour === undefined) return [];
  const least = cheapestGang(gang, view);
  if (least > maxMicroUsdPerHour) return [`the job costs at least ${usdText(least)} USD per hour at the prices known now, more than its limit of ${usdText(maxMicroUsdPerHour)}`];
  return gang.pools.flatMap((pool) => tooDear(gang, pool, view).map((what) => `${what} is too dear for pool ${pool.pool} within ${usdText(maxMicroUsdPerHour)} USD per hour`));
}

/** What a pool may not be launched as in any zone, were it the first. */
function tooDear(gang: GangRequest, pool: PoolRequest, view: MarketView): string[] {
  const ceiling = priceCeiling(gang, progressOf(gang, []), pool, view);
  if (ceiling === undefined) return [];
  const { kept, rejected } = screen(offeringsOf(pool, zonesFor(gang, view)), [served(view, pool, gang), affordable(view, ceiling)]);
  const name = ({ instanceType, market }: (typeof kept)[number]): string => `${instanceType} ${market}`;
  const open = new Set(kept.map(name));
  return [...new Set(rejected.filter(({ rejection }) => rejection.code === 'too-dear').map(({ offering }) => name(offering)))].filter((what) => !open.has(what));
}
