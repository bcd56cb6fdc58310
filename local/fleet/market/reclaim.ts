import type { FleetClock } from '../clock.ts';
import { isLive } from '../model.ts';
import type { Instance } from '../model.ts';
import type { Collection } from '../store.ts';
import { capacityAt, nextChangeAfter, offeringKey } from './market.ts';
import type { RunningMarket } from './running-market.ts';

interface ReclaimParts {
  readonly market: RunningMarket;
  readonly instances: Collection<Instance>;
  readonly clock: FleetClock;
  readonly interrupt: (instanceId: string) => void;
}

/** Takes Spot instances back, the newest first, whenever the market holds fewer than run. */
export class Reclaimer {
  readonly #parts: ReclaimParts;
  #cancel: () => void = () => {};

  constructor(parts: ReclaimParts) {
    this.#parts = parts;
  }

  /** Looks now, and again at each change of the market. */
  watch(): void {
    this.#cancel();
    const { market, clock } = this.#parts;
    if (market.scenario.reclaimWhenCapacityFalls) {
      this.#reclaim();
    }
    const next = nextChangeAfter(market.scenario, market.seconds());
    if (next !== undefined) {
      // A moment later, so that the change has certainly come.
      this.#cancel = clock.at(market.wallTimeMs(next) + 1, () => this.watch());
    }
  }

  stop(): void {
    this.#cancel();
  }

  #reclaim(): void {
    const { market, instances } = this.#parts;
    const running = instances.values().filter((instance) => instance.market === 'spot' && isLive(instance));
    for (const group of Map.groupBy(running, offeringKey).values()) {
      const [first] = group;
      const capacity = first === undefined ? 0 : capacityAt(market.scenario, first, market.seconds());
      const leaving = group.filter(({ reclaimAtMs }) => reclaimAtMs !== undefined).length;
      const staying = group.filter(({ reclaimAtMs }) => reclaimAtMs === undefined);
      const excess = Math.max(0, group.length - leaving - capacity);
      const newestFirst = [...staying].sort((a, b) => b.launchedAtMs - a.launchedAtMs || (a.id < b.id ? -1 : 1));
      for (const { id } of newestFirst.slice(0, excess)) {
        this.#parts.interrupt(id);
      }
    }
  }
}
