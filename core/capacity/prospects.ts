import type { EpochMs } from '../job/ids.ts';
import type { Market } from '../job/job.ts';
import { priceCeiling } from './budget.ts';
import type { GangRequest, PoolRequest } from './gang.ts';
import type { LaunchProgress } from './launch-progress.ts';
import type { MarketView } from './market-view.ts';
import { freeAddressesIn, launchMarketsOf, reservedRoom, zonesFor } from './market-view.ts';
import type { Offering } from './offering.ts';
import type { Filter } from './screen.ts';
import { addressed, affordable, notCooling, notTried, reserved, screen, served, withinQuotas } from './screen.ts';
import { uncounted, withOwnReserved } from './uncounted.ts';

/** What may be launched for a gang at one moment: worked out once for each question, which are asked again and again. */
export class Prospects {
  readonly gang: GangRequest;
  readonly progress: LaunchProgress;
  readonly view: MarketView;
  /** Zones in which this try may launch. */
  readonly zones: readonly string[];
  readonly #nowMs: EpochMs;
  readonly #open = new Map<string, readonly Offering[]>();
  readonly #addresses = new Map<string, number>();
  readonly #poolsServed = new Map<string, number>();
  readonly #filters = new Map<string, readonly Filter[]>();

  constructor(gang: GangRequest, progress: LaunchProgress, view: MarketView, nowMs: EpochMs) {
    this.gang = gang;
    this.progress = progress;
    this.view = withOwnReserved(view, progress.held, nowMs);
    this.#nowMs = nowMs;
    this.zones = zonesOfTry(gang, progress, view);
  }

  /** Offerings of which `need` machines of the pool may be asked for now, in some zones. */
  open(pool: PoolRequest, market: Market, need: number, zones: readonly string[]): readonly Offering[] {
    const key = `${pool.pool}/${market}/${need}`;
    const open = this.#open.get(key) ?? this.#screen(pool, market, need);
    this.#open.set(key, open);
    return open.filter(({ zone }) => zones.includes(zone));
  }

  /** How many of the missing pools could be had whole in a zone. */
  poolsServedIn(zone: string): number {
    const known = this.#poolsServed.get(zone);
    if (known !== undefined) return known;
    const pools = this.progress.missing.filter(({ pool, count }) => this.marketsOf(pool).some((market) => this.#isWhole(pool, market, count, zone))).length;
    this.#poolsServed.set(zone, pools);
    return pools;
  }

  /** Markets that a pool may be launched on, in order. */
  marketsOf(pool: PoolRequest): readonly Market[] {
    return launchMarketsOf(this.gang, pool, this.view);
  }

  /** How many machines a zone has addresses for. What was launched a moment ago may not be counted yet. */
  addressesIn(zone: string): number {
    const free = this.#addresses.get(zone) ?? this.#countAddresses(zone);
    this.#addresses.set(zone, free);
    return free;
  }

  #countAddresses(zone: string): number {
    const here = this.progress.held.filter((instance) => instance.zone === zone);
    return Math.max(0, freeAddressesIn(zone, this.view) - uncounted(here, this.view.countedAtMs?.addresses, this.#nowMs).length);
  }

  /** How many machines of the gang stand in a zone already. */
  heldIn(zone: string): number {
    return this.progress.held.filter((instance) => instance.zone === zone).length;
  }

  #isWhole(pool: PoolRequest, market: Market, count: number, zone: string): boolean {
    if (market !== 'reserved') return this.open(pool, market, count, [zone]).length > 0;
    return this.open(pool, market, 1, [zone]).reduce((room, offering) => room + reservedRoom(offering, this.view), 0) >= count;
  }

  #screen(pool: PoolRequest, market: Market, need: number): readonly Offering[] {
    const types = typesOfTry(pool, this.progress);
    const offerings = this.zones.flatMap((zone) => types.map((instanceType): Offering => ({ instanceType, zone, market })));
    const ceiling = priceCeiling(this.gang, this.progress, pool, this.view);
    const isBegun = this.gang.spread !== 'Single' && this.progress.held.some((instance) => instance.pool === pool.pool);
    // What was tried of reserved capacity is a pool's own matter.
    const key = `${need}/${isBegun}/${pool.efa}/${market === 'reserved' ? pool.pool : ''}`;
    const filters = this.#filters.get(key) ?? this.#filtersFor(pool, need, isBegun);
    this.#filters.set(key, filters);
    return screen(offerings, ceiling === undefined ? filters : [...filters, affordable(this.view, ceiling)]).kept;
  }

  /**
   * A pool that has part of its machines asks everywhere for the rest: what is scattered over zones that cool at different
   * times would never be found together otherwise.
   */
  #filtersFor(pool: PoolRequest, need: number, isBegun: boolean): readonly Filter[] {
    const { gang, view, progress } = this;
    const heeded = isBegun ? { ...view, cooldowns: view.cooldowns.filter(({ scope }) => scope.kind !== 'offering') } : view;
    return [
      served(view, pool, gang), withinQuotas(gang), reserved(view), addressed((zone) => this.addressesIn(zone), need),
      notCooling(heeded, need, progress.held.length === 0, this.#nowMs), notTried(progress.turn, need, pool.pool),
    ];
  }
}

/** A job in one zone stays where it stands, and does not come back to a zone in which this turn has failed. */
function zonesOfTry(gang: GangRequest, progress: LaunchProgress, view: MarketView): string[] {
  const zones = zonesFor(gang, view).toSorted();
  if (gang.spread !== 'Single') return zones;
  const home = progress.held[0]?.zone;
  if (home !== undefined) return [home];
  return zones.filter((zone) => !progress.givenUp.some((instance) => instance.zone === zone));
}

/** A pool of one type stays with the type it has, and does not come back to one with which this turn has failed. */
function typesOfTry(pool: PoolRequest, progress: LaunchProgress): readonly string[] {
  if (pool.mix === 'Any') return pool.instanceTypes;
  const held = progress.held.find((instance) => instance.pool === pool.pool);
  if (held) return [held.instanceType];
  const spent = progress.givenUp.filter((instance) => instance.pool === pool.pool).map(({ instanceType }) => instanceType);
  return pool.instanceTypes.filter((type) => !spent.includes(type));
}
