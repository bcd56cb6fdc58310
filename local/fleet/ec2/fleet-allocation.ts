import type { PurchaseMarket } from '../facts/facts.ts';
import type { FleetError, FleetOverride } from '../model.ts';
import type { MarketOptions } from './fleet-request.ts';
import type { LaunchRoom, PoolLaunch } from './launch-room.ts';
import { noCapacityError, offerOf } from './pool-offer.ts';
import type { AllocationRequest } from './pool-offer.ts';

/** What a market of a fleet gets, and what it does not get and why. */
interface Allocation {
  readonly launches: readonly PoolLaunch[];
  readonly errors: readonly FleetError[];
  /** In units of the overrides' weights. */
  readonly served: number;
}

const NOTHING: Allocation = { launches: [], errors: [], served: 0 };

/**
 * Serves one market of an instant fleet the way EC2 does: pool after pool in the strategy's order, as much as each
 * gives, with an error for each pool that was asked and gave too little. Below `minTarget`, reserved or not, nothing is
 * launched. What is launched is taken from `room`.
 */
export function allocate(request: AllocationRequest, room: LaunchRoom): Allocation {
  if (request.target <= 0) {
    return NOTHING;
  }
  const pools = restrict(orderPools(request, room), request, room);
  const launches: PoolLaunch[] = [];
  const errors: FleetError[] = [];
  let missing = request.target;
  for (const { override, most } of shares(pools, request, room)) {
    const weight = override.weight ?? 1;
    const wanted = Math.min(most, Math.ceil(missing / weight));
    if (wanted <= 0) {
      continue;
    }
    const offer = offerOf(override, wanted, request, room);
    if (offer.count > 0) {
      launches.push(room.take(override, request.market, offer.count, request.reservationIds));
      missing -= offer.count * weight;
    }
    if (offer.error !== undefined) {
      errors.push(offer.error);
    }
  }
  const served = request.target - missing;
  if (served < (request.options.minTarget ?? 0)) {
    for (const launch of launches) {
      room.giveBack(launch);
    }
    return { launches: [], errors: errors.length > 0 ? errors : pools.map((pool) => noCapacityError(pool, request)), served: 0 };
  }
  return { launches, errors, served };
}

interface Share {
  readonly override: FleetOverride;
  /** Instances. */
  readonly most: number;
}

/** Whom to ask for how much: first what reservations hold or an even share of each pool, then whoever has more. */
function shares(pools: readonly FleetOverride[], request: AllocationRequest, room: LaunchRoom): Share[] {
  const all = pools.map((override) => ({ override, most: Number.POSITIVE_INFINITY }));
  if (request.reservationsFirst) {
    return [...pools.map((override) => ({ override, most: room.slots(override, request.reservationIds) })), ...all];
  }
  if (request.options.strategy !== 'diversified') {
    return all;
  }
  const even = pools.map((override) => ({
    override,
    most: Math.ceil(request.target / pools.length / (override.weight ?? 1)),
  }));
  return [...even, ...all];
}

function orderPools({ market, options, overrides, target, ...request }: AllocationRequest, room: LaunchRoom): FleetOverride[] {
  const price = (pool: FleetOverride) => room.priceUsdPerHour(pool.type, pool.zone, market) / (pool.weight ?? 1);
  const depth = (pool: FleetOverride) => room.capacity(pool.type, pool.zone, market);
  const enough = (pool: FleetOverride) => (depth(pool) * (pool.weight ?? 1) >= target ? 0 : 1);
  const orders: Record<MarketOptions['strategy'], (a: FleetOverride, b: FleetOverride) => number> = {
    'lowest-price': (a, b) => price(a) - price(b),
    diversified: (a, b) => price(a) - price(b),
    prioritized: (a, b) => priority(a) - priority(b),
    'capacity-optimized': (a, b) => depth(b) - depth(a),
    'capacity-optimized-prioritized': (a, b) => depth(b) - depth(a) || priority(a) - priority(b),
    'price-capacity-optimized': (a, b) => enough(a) - enough(b) || (enough(a) === 0 ? price(a) - price(b) : depth(b) - depth(a)),
  };
  const ordered = [...overrides].sort(orders[options.strategy]);
  // A single zone or type is that of the first pool: it is one with reservations where those come first.
  const withSlots = (pool: FleetOverride) => (request.reservationsFirst && room.slots(pool, request.reservationIds) > 0 ? 0 : 1);
  return ordered.sort((a, b) => withSlots(a) - withSlots(b));
}

function priority(pool: FleetOverride): number {
  return pool.priority ?? Number.MAX_SAFE_INTEGER;
}

/** A single zone or type is chosen before anything is launched, and not again when it gives too little. */
function restrict(
  pools: readonly FleetOverride[],
  { options, market }: AllocationRequest,
  room: LaunchRoom,
): readonly FleetOverride[] {
  let kept = pools;
  if (options.singleZone) {
    const zone = options.strategy.includes('capacity-optimized')
      ? deepestZone(pools, market, room)
      : pools[0]?.zone;
    kept = kept.filter((pool) => pool.zone === zone);
  }
  if (options.singleType) {
    const type = kept[0]?.type;
    kept = kept.filter((pool) => pool.type === type);
  }
  return kept;
}

function deepestZone(pools: readonly FleetOverride[], market: PurchaseMarket, room: LaunchRoom): string | undefined {
  const depths = new Map<string, number>();
  for (const pool of pools) {
    depths.set(pool.zone, (depths.get(pool.zone) ?? 0) + room.capacity(pool.type, pool.zone, market));
  }
  return [...depths].sort(([, a], [, b]) => b - a)[0]?.[0];
}
