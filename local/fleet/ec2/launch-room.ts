import { INSTANCE_TYPES, priceUsdPerHour, quotaOf } from '../facts/facts.ts';
import type { CapacityMarket, PurchaseMarket } from '../facts/facts.ts';
import { capacityAt, offeringKey, vcpuLimit } from '../market/market.ts';
import type { Scenario } from '../market/scenario.ts';
import { countsAgainstQuota, holdsCapacity } from '../model.ts';
import type { Instance } from '../model.ts';

/** What may still be launched, counted down as a request is served. */
export class LaunchRoom {
  readonly #scenario: Scenario;
  readonly #seconds: number;
  readonly #inUse = new Map<string, number>();
  readonly #vcpus = new Map<string, number>();
  readonly #addresses = new Map<string, number>();
  #tokens: number;

  /**
   * @param seconds fleet time
   * @param addresses free addresses by subnet
   * @param tokens instances that the account's launch rate still allows
   */
  constructor(
    scenario: Scenario,
    seconds: number,
    instances: readonly Instance[],
    addresses: ReadonlyMap<string, number>,
    tokens: number,
  ) {
    this.#scenario = scenario;
    this.#seconds = seconds;
    this.#addresses = new Map(addresses);
    this.#tokens = tokens;
    for (const instance of instances) {
      if (holdsCapacity(instance)) {
        add(this.#inUse, offeringKey({ ...instance, market: capacityMarket(instance) }), 1);
      }
      if (countsAgainstQuota(instance)) {
        add(this.#vcpus, quotaKey(instance.type, instance.market), vcpusOf(instance.type));
      }
    }
  }

  /** Instances of the offering that the market can still give. */
  capacity(type: string, zone: string, market: CapacityMarket): number {
    const offering = { type, zone, market };
    return Math.max(0, capacityAt(this.#scenario, offering, this.#seconds) - (this.#inUse.get(offeringKey(offering)) ?? 0));
  }

  /** Instances of `type` that the account's quota still allows. */
  quota(type: string, market: PurchaseMarket): number {
    const left = vcpuLimit(this.#scenario, type, market) - (this.#vcpus.get(quotaKey(type, market)) ?? 0);
    return Math.max(0, Math.floor(left / vcpusOf(type)));
  }

  /** The vCPUs that the account may run of the family of `type`. */
  limitVcpus(type: string, market: PurchaseMarket): number {
    return vcpuLimit(this.#scenario, type, market);
  }

  /** Free addresses of a subnet; unlimited where the launch names none. */
  addresses(subnetId: string | undefined): number {
    return subnetId === undefined ? Number.POSITIVE_INFINITY : (this.#addresses.get(subnetId) ?? 0);
  }

  /** Instances that the launch rate still allows. */
  tokens(): number {
    return Math.floor(this.#tokens);
  }

  priceUsdPerHour(type: string, zone: string, market: PurchaseMarket): number {
    return priceUsdPerHour(type, zone, market);
  }

  /** Counts `count` launched instances; negative to take them back. */
  take(count: number, type: string, zone: string, market: CapacityMarket, subnetId: string | undefined): void {
    const purchase = market === 'spot' ? 'spot' : 'on-demand';
    add(this.#inUse, offeringKey({ type, zone, market }), count);
    add(this.#vcpus, quotaKey(type, purchase), count * vcpusOf(type));
    if (subnetId !== undefined) {
      add(this.#addresses, subnetId, -count);
    }
    this.#tokens -= count;
  }
}

/** The market whose capacity an instance takes. */
function capacityMarket(instance: Pick<Instance, 'reserved' | 'market'>): CapacityMarket {
  return instance.reserved ? 'reserved' : instance.market;
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
