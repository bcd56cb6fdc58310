import { isOffered } from '../facts/facts.ts';
import type { CapacityMarket } from '../facts/facts.ts';
import type { FleetError, FleetOverride } from '../model.ts';
import { purchaseOf } from './fleet-request.ts';
import type { MarketOptions } from './fleet-request.ts';
import type { LaunchRoom } from './launch-room.ts';

/** Instances to launch in one pool. */
export interface PoolLaunch {
  readonly override: FleetOverride;
  readonly market: CapacityMarket;
  readonly count: number;
}

/** What a market of a fleet gets, and what it does not get and why. */
export interface Allocation {
  readonly launches: readonly PoolLaunch[];
  readonly errors: readonly FleetError[];
}

const NOTHING: Allocation = { launches: [], errors: [] };

/** What is asked of one market. */
export interface AllocationRequest {
  readonly market: CapacityMarket;
  /** In units of the overrides' weights. */
  readonly target: number;
  readonly options: MarketOptions;
  /** In the order of the request. */
  readonly overrides: readonly FleetOverride[];
  /** Pools that the caller may not launch in, with the reason. */
  readonly refused: ReadonlyMap<FleetOverride, string>;
}

/**
 * Serves one market of an instant fleet the way EC2 does: pool after pool in the strategy's order, as much as each
 * gives, with an error for each pool that was asked and gave too little. Below `minTarget` nothing is launched.
 * What is launched is taken from `room`.
 */
export function allocate(request: AllocationRequest, room: LaunchRoom): Allocation {
  if (request.target <= 0) {
    return NOTHING;
  }
  const pools = restrict(orderPools(request, room), request, room);
  const launches: PoolLaunch[] = [];
  const errors: FleetError[] = [];
  let missing = request.target;
  for (const { override, most } of shares(pools, request)) {
    const weight = override.weight ?? 1;
    const wanted = Math.min(most, Math.ceil(missing / weight));
    if (wanted <= 0) {
      continue;
    }
    const offer = offerOf(override, wanted, request, room);
    if (offer.count > 0) {
      room.take(offer.count, override.type, override.zone, request.market, override.subnetId);
      launches.push({ override, market: request.market, count: offer.count });
      missing -= offer.count * weight;
    }
    if (offer.error !== undefined) {
      errors.push(offer.error);
    }
  }
  const served = request.target - missing;
  if (served < (request.options.minTarget ?? 0)) {
    for (const { override, market, count } of launches) {
      room.take(-count, override.type, override.zone, market, override.subnetId);
    }
    return { launches: [], errors: errors.length > 0 ? errors : pools.map((pool) => noCapacity(pool, request)) };
  }
  return { launches, errors };
}

/** A diversified fleet asks each pool for its even share first, then whoever has more. */
function shares(
  pools: readonly FleetOverride[],
  { options, target }: AllocationRequest,
): { override: FleetOverride; most: number }[] {
  const all = pools.map((override) => ({ override, most: Number.POSITIVE_INFINITY }));
  if (options.strategy !== 'diversified') {
    return all;
  }
  const even = pools.map((override) => ({
    override,
    most: Math.ceil(target / pools.length / (override.weight ?? 1)),
  }));
  return [...even, ...all];
}

function orderPools({ market, options, overrides, target }: AllocationRequest, room: LaunchRoom): FleetOverride[] {
  const price = (pool: FleetOverride) => room.priceUsdPerHour(pool.type, pool.zone, purchaseOf(market)) / (pool.weight ?? 1);
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
  return [...overrides].sort(orders[options.strategy]);
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

function deepestZone(pools: readonly FleetOverride[], market: CapacityMarket, room: LaunchRoom): string | undefined {
  const depths = new Map<string, number>();
  for (const pool of pools) {
    depths.set(pool.zone, (depths.get(pool.zone) ?? 0) + room.capacity(pool.type, pool.zone, market));
  }
  return [...depths].sort(([, a], [, b]) => b - a)[0]?.[0];
}

interface Offer {
  readonly count: number;
  readonly error?: FleetError;
}

function offerOf(pool: FleetOverride, wanted: number, request: AllocationRequest, room: LaunchRoom): Offer {
  const purchase = purchaseOf(request.market);
  const fail = (count: number, code: string, message: string): Offer => ({
    count,
    error: { override: pool, market: purchase, code, message },
  });
  const refusal = request.refused.get(pool);
  if (refusal !== undefined) {
    return fail(0, 'UnauthorizedOperation', refusal);
  }
  if (!isOffered(pool.type, pool.zone, purchase)) {
    return fail(
      0,
      'InvalidFleetConfiguration',
      `Your requested instance type (${pool.type}) is not supported in your requested Availability Zone (${pool.zone}).`,
    );
  }
  const price = room.priceUsdPerHour(pool.type, pool.zone, purchase);
  if (purchase === 'spot' && pool.maxPrice !== undefined && Number(pool.maxPrice) < price) {
    return fail(
      0,
      'SpotMaxPriceTooLow',
      `Your Spot request price of ${pool.maxPrice} is lower than the minimum required Spot request fulfillment price of ${price}.`,
    );
  }
  const limits = [
    { count: room.tokens(), code: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
    quotaLimit(pool, request, room),
    {
      count: room.addresses(pool.subnetId),
      code: 'InsufficientFreeAddressesInSubnet',
      message: `There are not enough free addresses in subnet '${pool.subnetId}' to satisfy the requested number of instances.`,
    },
    { count: room.capacity(pool.type, pool.zone, request.market), ...noCapacity(pool, request) },
  ];
  const tightest = limits.reduce((least, limit) => (limit.count < least.count ? limit : least));
  return tightest.count >= wanted ? { count: wanted } : fail(tightest.count, tightest.code, tightest.message);
}

function quotaLimit(pool: FleetOverride, request: AllocationRequest, room: LaunchRoom) {
  const purchase = purchaseOf(request.market);
  const count = room.quota(pool.type, purchase);
  return purchase === 'spot'
    ? { count, code: 'MaxSpotInstanceCountExceeded', message: 'Max spot instance count exceeded' }
    : {
        count,
        code: 'VcpuLimitExceeded',
        message:
          `You have requested more vCPU capacity than your current vCPU limit of ${room.limitVcpus(pool.type, purchase)} ` +
          'allows for the instance bucket that the specified instance type belongs to. Please visit ' +
          'http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.',
      };
}

function noCapacity(pool: FleetOverride, { market }: AllocationRequest): FleetError {
  if (market === 'reserved') {
    return {
      override: pool,
      market: 'on-demand',
      code: 'ReservationCapacityExceeded',
      message: 'The requested reservation does not have sufficient compatible and available capacity for this request.',
    };
  }
  return {
    override: pool,
    market,
    code: 'InsufficientInstanceCapacity',
    message:
      market === 'spot'
        ? 'There is no Spot capacity available that matches your request.'
        : `We currently do not have sufficient ${pool.type} capacity in the Availability Zone you requested (${pool.zone}). ` +
          'Our system will be working on provisioning additional capacity.',
  };
}
