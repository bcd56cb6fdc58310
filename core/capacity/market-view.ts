import type { EpochMs } from '../job/ids.ts';
import type { Market } from '../job/job.ts';
import type { InstanceTypeFacts } from '../ports/capacity-provider.ts';
import type { AccountQuotas, CapacityReservation, InterruptionBand } from '../ports/market-knowledge.ts';
import { quotaFamily } from './error-scope.ts';
import type { GangRequest, PoolRequest } from './gang.ts';
import type { Cooldown, CooldownScope, Offering } from './offering.ts';

/** What is known of the market when a launch is decided. */
export interface MarketView {
  readonly region: string;
  /** Subnet by zone: the zones that may be used. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly types: ReadonlyMap<string, InstanceTypeFacts>;
  /** Spot price in millionths of a dollar per hour, by `spotKey`. */
  readonly spotPrices: ReadonlyMap<string, number>;
  /** The latest of each scope, recently expired ones too. */
  readonly cooldowns: readonly Cooldown[];
  /** Whether the gang may ask for what cools before its time: see `endFor`. */
  readonly asksEarly?: boolean;
  /** How long a job waits that found nothing though nothing cools. */
  readonly patienceMs: number;
  /** Reservations that the namespace may name and that have room. */
  readonly reservations?: readonly CapacityReservation[];
  /** Free addresses by subnet id. */
  readonly freeAddresses?: ReadonlyMap<string, number>;
  /** When these were counted; absent: within the last seconds. */
  readonly countedAtMs?: { readonly reservations?: EpochMs; readonly addresses?: EpochMs };
  /** By instance type. */
  readonly interruptionBands?: ReadonlyMap<string, InterruptionBand>;
  /** From 1 to 10, by `scoreKey`. */
  readonly placementScores?: ReadonlyMap<string, number>;
  readonly accountQuotas?: AccountQuotas;
  /** What nobody could say, and why: the decisions are made without it. */
  readonly without?: readonly string[];
}

export const scoreKey = (pool: string, zone: string): string => `${pool}/${zone}`;

export const spotKey = (instanceType: string, zone: string): string => `${instanceType}/${zone}`;

/** Markets that a pool may use, the preferred one first. */
export function marketsOf(pool: PoolRequest): readonly Market[] {
  return marketsFor(pool.purchaseOption);
}

/** Markets that a purchase option stands for, the preferred one first. */
export function marketsFor(purchaseOption: PoolRequest['purchaseOption']): readonly Market[] {
  switch (purchaseOption) {
    case 'OnDemand':
      return ['on-demand'];
    case 'Spot':
      return ['spot'];
    case 'SpotPreferred':
      return ['spot', 'on-demand'];
  }
}

/**
 * Markets that launches of a pool may use, the preferred one first. What the namespace has reserved goes before
 * on-demand and Spot, but for `Spot` pools: those are Spot alone. A placement group made for the attempt is none that a
 * reservation was made in, so that the two do not go together.
 */
export function launchMarketsOf({ placementGroup = false }: Pick<GangRequest, 'placementGroup'>, pool: PoolRequest, { reservations = [] }: Pick<MarketView, 'reservations'>): readonly Market[] {
  const isReserved = reservations.some(({ instanceType }) => pool.instanceTypes.includes(instanceType));
  return isReserved && pool.purchaseOption !== 'Spot' && !placementGroup ? ['reserved', ...marketsOf(pool)] : marketsOf(pool);
}

/** Reservations of a type in a zone that have room. */
export function reservationsOf({ instanceType, zone }: Omit<Offering, 'market'>, { reservations = [] }: Pick<MarketView, 'reservations'>): readonly CapacityReservation[] {
  return reservations.filter((reservation) => reservation.instanceType === instanceType && reservation.zone === zone && reservation.available > 0);
}

/** How many machines of a type in a zone are reserved and not in use. */
export function reservedRoom(offering: Omit<Offering, 'market'>, view: Pick<MarketView, 'reservations'>): number {
  return reservationsOf(offering, view).reduce((sum, { available }) => sum + available, 0);
}

/** Addresses that a zone's subnet has for machines: each takes one, whatever number of adapters it has. No bound where nobody knows. */
export function freeAddressesIn(zone: string, { subnets, freeAddresses }: Pick<MarketView, 'subnets' | 'freeAddresses'>): number {
  const subnet = subnets[zone];
  return (subnet === undefined ? undefined : freeAddresses?.get(subnet)) ?? Infinity;
}

/** Zones that a gang may stand in: those that it names and the deployment serves. */
export function zonesFor({ zones }: Pick<GangRequest, 'zones'>, { subnets }: Pick<MarketView, 'subnets'>): string[] {
  return Object.keys(subnets).filter((zone) => zones.length === 0 || zones.includes(zone));
}

/** Every offering that a pool may use, whether or not it exists. */
export function offeringsOf(pool: PoolRequest, zones: readonly string[]): Offering[] {
  return marketsOf(pool).flatMap((market) =>
    zones.flatMap((zone) => pool.instanceTypes.map((instanceType) => ({ instanceType, zone, market }))),
  );
}

/**
 * Millionths of a dollar per hour of one machine; Spot without a known price counts as on-demand, and so does what is
 * reserved: it is paid for whether it is used or not.
 */
export function priceOf(offering: Offering, view: MarketView): number {
  const listed = view.types.get(offering.instanceType)?.microUsdPerHour ?? 0;
  return offering.market === 'spot' ? (view.spotPrices.get(spotKey(offering.instanceType, offering.zone)) ?? listed) : listed;
}

/** The scopes that an offering lies in: a cooldown of any of them holds it back, and so does a pause. */
export function scopesOf(offering: Offering, view: Pick<MarketView, 'region' | 'subnets'>): CooldownScope[] {
  const { region, subnets } = view;
  const subnetId = subnets[offering.zone];
  return [
    { kind: 'offering', offering },
    ...(subnetId === undefined ? [] : [{ kind: 'subnet', subnetId, zone: offering.zone } as const]),
    { kind: 'quota', family: quotaFamily(offering.instanceType), region, market: offering.market },
    { kind: 'account', region },
    { kind: 'pausedMarket', market: offering.market },
    { kind: 'pausedOffering', offering },
  ];
}
