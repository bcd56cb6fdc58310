import { isOffered } from '../facts/facts.ts';
import type { PurchaseMarket } from '../facts/facts.ts';
import type { FleetError, FleetOverride } from '../model.ts';
import type { MarketOptions } from './fleet-request.ts';
import type { LaunchRoom } from './launch-room.ts';

/** Why nothing, or not everything, is launched in a pool. */
export interface PoolRefusal {
  readonly code: string;
  readonly message: string;
}

/** What is asked of one market. */
export interface AllocationRequest {
  readonly market: PurchaseMarket;
  /** In units of the overrides' weights. */
  readonly target: number;
  readonly options: MarketOptions;
  /** The reservations that may serve it: a pool's are used up before the market is asked. */
  readonly reservationIds: readonly string[];
  /** The reservations of all pools are used up before the market is asked. */
  readonly reservationsFirst: boolean;
  /** The market is not asked at all. */
  readonly reservedOnly: boolean;
  /** In the order of the request. */
  readonly overrides: readonly FleetOverride[];
  /** Pools that nothing may be launched in, with the reason. */
  readonly refused: ReadonlyMap<FleetOverride, PoolRefusal>;
}

/** How many instances a pool gives, and why not all that were wanted. */
interface PoolOffer {
  readonly count: number;
  readonly error?: FleetError;
}

/** What `pool` gives of `wanted` instances. */
export function offerOf(pool: FleetOverride, wanted: number, request: AllocationRequest, room: LaunchRoom): PoolOffer {
  const refusal = request.refused.get(pool) ?? refusalOf(pool, request, room);
  if (refusal !== undefined) {
    return { count: 0, error: poolError(pool, request, refusal) };
  }
  const slots = room.slots(pool, request.reservationIds);
  const unreserved = request.reservedOnly ? 0 : room.capacity(pool.type, pool.zone, request.market);
  const limits = [
    { count: room.tokens(), code: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
    { count: slots + room.quota(pool.type, request.market), ...quotaRefusal(pool, request, room) },
    {
      count: room.addressedInstances(pool),
      code: 'InsufficientFreeAddressesInSubnet',
      message: `There are not enough free addresses in subnet '${pool.subnetId}' to satisfy the requested number of instances.`,
    },
    { count: slots + unreserved, ...noCapacity(pool, request) },
  ];
  const tightest = limits.reduce((least, limit) => (limit.count < least.count ? limit : least));
  return tightest.count >= wanted ? { count: wanted } : { count: tightest.count, error: poolError(pool, request, tightest) };
}

/** The error of a pool that has nothing. */
export function noCapacityError(pool: FleetOverride, request: AllocationRequest): FleetError {
  return poolError(pool, request, noCapacity(pool, request));
}

function poolError(override: FleetOverride, request: AllocationRequest, { code, message }: PoolRefusal): FleetError {
  return { override, market: request.reservedOnly ? 'on-demand-capacity-reservation' : request.market, code, message };
}

function refusalOf(pool: FleetOverride, { market }: AllocationRequest, room: LaunchRoom): PoolRefusal | undefined {
  if (!isOffered(pool.type, pool.zone, market)) {
    return {
      code: 'InvalidFleetConfiguration',
      message: `Your requested instance type (${pool.type}) is not supported in your requested Availability Zone (${pool.zone}).`,
    };
  }
  const zone = pool.group === undefined ? undefined : room.zoneOf(pool.group);
  if (zone !== undefined && zone !== pool.zone) {
    return {
      code: 'InvalidPlacementGroup.InUse',
      message: `The placement group '${pool.group}' is in use in another availability zone: ${zone}`,
    };
  }
  const price = room.priceUsdPerHour(pool.type, pool.zone, market);
  return market === 'spot' && pool.maxPrice !== undefined && Number(pool.maxPrice) < price
    ? {
        code: 'SpotMaxPriceTooLow',
        message: `Your Spot request price of ${pool.maxPrice} is lower than the minimum required Spot request fulfillment price of ${price}.`,
      }
    : undefined;
}

function quotaRefusal(pool: FleetOverride, { market }: { readonly market: PurchaseMarket }, room: LaunchRoom): PoolRefusal {
  return market === 'spot'
    ? { code: 'MaxSpotInstanceCountExceeded', message: 'Max spot instance count exceeded' }
    : {
        code: 'VcpuLimitExceeded',
        message:
          `You have requested more vCPU capacity than your current vCPU limit of ${room.limitVcpus(pool.type, market)} ` +
          'allows for the instance bucket that the specified instance type belongs to. Please visit ' +
          'http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.',
      };
}

function noCapacity(pool: FleetOverride, { market, reservedOnly }: AllocationRequest): PoolRefusal {
  if (reservedOnly) {
    return {
      code: 'ReservationCapacityExceeded',
      message: 'The requested reservation does not have sufficient compatible and available capacity for this request.',
    };
  }
  return {
    code: 'InsufficientInstanceCapacity',
    message:
      market === 'spot'
        ? 'There is no Spot capacity available that matches your request.'
        : `We currently do not have sufficient ${pool.type} capacity in the Availability Zone you requested (${pool.zone}). ` +
          'Our system will be working on provisioning additional capacity.',
  };
}
