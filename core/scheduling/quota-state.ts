import { quotaFamily } from '../capacity/error-scope.ts';
import type { Hold, PoolNeed, QuotaKey } from '../job/job.ts';

type Held = Hold['quotas'];

/** Quotas that a pool may be counted against, and how much of each of them it takes. */
interface PoolQuotas {
  readonly vcpus: number;
  readonly keys: readonly QuotaKey[];
}

/**
 * The account quotas of EC2, in vCPUs, and what is held of them. A pool that may be launched in several families or
 * markets holds room in each that has some, since it is not known beforehand which it will get; it needs one. What it
 * holds no room in it may not be launched as.
 */
export class QuotaState {
  readonly #limits: ReadonlyMap<QuotaKey, number>;
  readonly #held: Map<QuotaKey, number>;

  constructor(limits: Readonly<Partial<Record<QuotaKey, number>>>, held: ReadonlyMap<QuotaKey, number>) {
    this.#limits = new Map(entriesOf(limits));
    this.#held = new Map(held);
  }

  copy(): QuotaState {
    return new QuotaState(Object.fromEntries(this.#limits), this.#held);
  }

  held(key: QuotaKey): number {
    return this.#held.get(key) ?? 0;
  }

  limit(key: QuotaKey): number {
    return this.#limits.get(key) ?? Number.POSITIVE_INFINITY;
  }

  /**
   * What a job would hold: of each quota that has room for all of its pools that may count there, all of that.
   * `undefined` where a pool is left without any.
   */
  room(pools: readonly PoolNeed[]): Held | undefined {
    return this.#beside((key) => this.held(key), pools);
  }

  #beside(held: (key: QuotaKey) => number, pools: readonly PoolNeed[]): Held | undefined {
    const open = entriesOf(quotasAskedBy(pools)).filter(([key, vcpus]) => held(key) + vcpus <= this.limit(key));
    const isOpen = new Set(open.map(([key]) => key));
    return pools.map(quotasOf).every(({ keys }) => keys.some((key) => isOpen.has(key))) ? Object.fromEntries(open) : undefined;
  }

  /** Whether there would be room if nobody held anything. */
  hasRoomEver(pools: readonly PoolNeed[]): boolean {
    return this.#beside(() => 0, pools) !== undefined;
  }

  /** Whether there is room for exactly this. */
  hasRoom(quotas: Held): boolean {
    return entriesOf(quotas).every(([key, vcpus]) => this.held(key) + vcpus <= this.limit(key));
  }

  charge(quotas: Held, sign: 1 | -1): void {
    for (const [key, vcpus] of entriesOf(quotas)) this.#held.set(key, this.held(key) + sign * vcpus);
  }

  /** For a job that has no room: the quotas of the pool that is worst off, for people. */
  shortage(pools: readonly PoolNeed[]): { readonly quotas: readonly { readonly quota: QuotaKey; readonly limit: number; readonly used: number }[]; readonly asked: number } {
    const asked = new Map(entriesOf(quotasAskedBy(pools)));
    const isShort = (key: QuotaKey): boolean => this.held(key) + (asked.get(key) ?? 0) > this.limit(key);
    const keys = pools.map(quotasOf).find((need) => need.keys.every(isShort))?.keys ?? [];
    return {
      quotas: keys.map((quota) => ({ quota, limit: this.limit(quota), used: this.held(quota) })),
      asked: Math.min(...keys.map((key) => asked.get(key) ?? 0)),
    };
  }
}

/** Of every quota that pools may count against, all that they may take of it. */
export function quotasAskedBy(pools: readonly PoolNeed[]): Held {
  const asked: Partial<Record<QuotaKey, number>> = {};
  for (const { vcpus, keys } of pools.map(quotasOf)) for (const key of keys) asked[key] = (asked[key] ?? 0) + vcpus;
  return asked;
}

/** In the order of the pool's markets, the preferred one first. */
function quotasOf({ vcpus, types, markets }: PoolNeed): PoolQuotas {
  const families = [...new Set(types.map(quotaFamily))];
  return { vcpus, keys: markets.flatMap((market) => families.map((family): QuotaKey => `${family}/${market}`)) };
}

/** The entries of a record of quotas, in the order of their names. */
export function entriesOf(quotas: Readonly<Partial<Record<QuotaKey, number>>>): readonly (readonly [QuotaKey, number])[] {
  const known: readonly [string, number | undefined][] = Object.entries(quotas);
  return known.filter(isQuota).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Whoever reads the keys of a record gets them as text. */
function isQuota(entry: readonly [string, number | undefined]): entry is [QuotaKey, number] {
  return entry[1] !== undefined;
}
