import { INSTANCE_TYPES, priceUsdPerHour, quotaOf } from '../facts/facts.ts';
import type { PurchaseMarket } from '../facts/facts.ts';
import { capacityAt, offeringKey, vcpuLimit } from '../market/market.ts';
import type { Offering } from '../market/market.ts';
import type { Scenario } from '../market/scenario.ts';
import { countsAgainstQuota, holdsCapacity } from '../model.ts';
import type { FleetOverride, Instance } from '../model.ts';
import { freeByReservation, slotsFor } from './reservations.ts';
import type { Slots } from './reservations.ts';

/** Instances to launch in one pool, some of them in slots of reservations. */
export interface PoolLaunch {
  readonly override: FleetOverride;
  readonly market: PurchaseMarket;
  readonly count: number;
  readonly slots: readonly Slots[];
}

interface RoomParts {
  readonly scenario: Scenario;
  /** Fleet time. */
  readonly seconds: number;
  readonly instances: readonly Instance[];
  /** The groups that keep their instances in one zone, by name. */
  readonly clusterGroups: ReadonlySet<string>;
  /** Free addresses by subnet. */
  readonly addresses: ReadonlyMap<string, number>;
  /** Instances that the account's launch rate still allows. */
  readonly tokens: number;
}

/** What may still be launched, counted down as a request is served. */
export class LaunchRoom {
  readonly #parts: RoomParts;
  readonly #inUse = new Map<string, number>();
  readonly #vcpus = new Map<string, number>();
  readonly #addresses: Map<string, number>;
  readonly #slots: Map<string, number>;
  /** Instances by group and zone. */
  readonly #grouped = new Map<string, number>();
  #tokens: number;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    this.#addresses = new Map(parts.addresses);
    this.#slots = freeByReservation(parts.scenario.reservations, parts.instances);
    this.#tokens = parts.tokens;
    // A reservation counts against the quota whether it is used or not; what runs in it does not count again.
    for (const { type, total } of parts.scenario.reservations) {
      add(this.#vcpus, quotaKey(type, 'on-demand'), total * vcpusOf(type));
    }
    for (const instance of parts.instances) {
      this.#countInstance(instance);
    }
  }

  /** Instances of the offering that the market can still give, reservations left out. */
  capacity(type: string, zone: string, market: PurchaseMarket): number {
    const offering = { type, zone, market };
    return Math.max(0, capacityAt(this.#parts.scenario, offering, this.#parts.seconds) - this.#count(offering));
  }

  /** Free slots of those of the reservations that fit the pool. */
  slots(pool: FleetOverride, reservationIds: readonly string[]): number {
    return slotsFor(pool, Number.POSITIVE_INFINITY, reservationIds, this.#parts.scenario.reservations, this.#slots)
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** Instances of `type` that the account's quota still allows, beside those in reservations. */
  quota(type: string, market: PurchaseMarket): number {
    const left = vcpuLimit(this.#parts.scenario, type, market) - (this.#vcpus.get(quotaKey(type, market)) ?? 0);
    return Math.max(0, Math.floor(left / vcpusOf(type)));
  }

  /** The vCPUs that the account may run of the family of `type`. */
  limitVcpus(type: string, market: PurchaseMarket): number {
    return vcpuLimit(this.#parts.scenario, type, market);
  }

  /** Instances of the pool for which its subnet has addresses; unlimited where the launch names none. */
  addressedInstances(pool: FleetOverride): number {
    const free = pool.subnetId === undefined ? Number.POSITIVE_INFINITY : (this.#addresses.get(pool.subnetId) ?? 0);
    return Math.floor(free / addressesEach(pool));
  }

  /** Instances that the launch rate still allows. */
  tokens(): number {
    return Math.floor(this.#tokens);
  }

  /** The zone that a cluster group is bound to; undefined while it has no instances. */
  zoneOf(group: string): string | undefined {
    const bound = [...this.#grouped].find(([key, count]) => count > 0 && key.startsWith(`${group}/`));
    return bound?.[0].slice(group.length + 1);
  }

  priceUsdPerHour(type: string, zone: string, market: PurchaseMarket): number {
    return priceUsdPerHour(type, zone, market);
  }

  /** Takes `count` instances of a pool, from reservations first. */
  take(override: FleetOverride, market: PurchaseMarket, count: number, reservationIds: readonly string[]): PoolLaunch {
    const slots = slotsFor(override, count, reservationIds, this.#parts.scenario.reservations, this.#slots);
    const launch = { override, market, count, slots };
    this.#change(launch, 1);
    return launch;
  }

  /** Takes back what `take` took. */
  giveBack(launch: PoolLaunch): void {
    this.#change(launch, -1);
  }

  #change({ override, market, count, slots }: PoolLaunch, sign: 1 | -1): void {
    const { type, zone, subnetId, group } = override;
    for (const { reservationId, count: taken } of slots) {
      add(this.#slots, reservationId, -sign * taken);
    }
    const unreserved = count - slots.reduce((sum, slot) => sum + slot.count, 0);
    add(this.#inUse, offeringKey({ type, zone, market }), sign * unreserved);
    add(this.#vcpus, quotaKey(type, market), sign * unreserved * vcpusOf(type));
    if (subnetId !== undefined) {
      add(this.#addresses, subnetId, -sign * count * addressesEach(override));
    }
    if (group !== undefined && this.#parts.clusterGroups.has(group)) {
      add(this.#grouped, `${group}/${zone}`, sign * count);
    }
    this.#tokens -= sign * count;
  }

  #countInstance(instance: Instance): void {
    const { type, zone, market, placementGroup, capacityReservationId } = instance;
    if (!holdsCapacity(instance)) {
      return;
    }
    if (placementGroup !== undefined && this.#parts.clusterGroups.has(placementGroup)) {
      add(this.#grouped, `${placementGroup}/${zone}`, 1);
    }
    if (capacityReservationId === undefined) {
      add(this.#inUse, offeringKey(instance), 1);
      add(this.#vcpus, quotaKey(type, market), countsAgainstQuota(instance) ? vcpusOf(type) : 0);
    }
  }

  #count(offering: Offering): number {
    return this.#inUse.get(offeringKey(offering)) ?? 0;
  }
}

/** An interface that only carries EFA has no address. */
function addressesEach({ interfaces = [] }: FleetOverride): number {
  return Math.max(1, interfaces.filter(({ kind }) => kind !== 'efa-only').length);
}

function quotaKey(type: string, market: PurchaseMarket): string {
  return quotaOf(type, market)?.code ?? `${type}/${market}`;
}

function vcpusOf(type: string): number {
  return INSTANCE_TYPES.get(type)?.vcpus ?? 1;
}

function add(counts: Map<string, number>, key: string, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}
