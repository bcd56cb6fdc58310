import type { SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { LaneKey } from '../../../core/queue/lane.ts';
import { laneId } from '../../../core/scheduling/share-nodes.ts';
import type { LaneWindow } from '../../../core/scheduling/snapshot.ts';

/** Entries of a lane that are read at first: as many as one read unit brings, and most cycles need no more. */
const FIRST = 10;
/** By how much a window grows when it was not enough. */
const GROWTH = 4;
const MOST_PER_LANE = 1000;
/** Of all lanes together: what a cycle holds in memory. */
const MOST_IN_ALL = 20_000;
const READS_AT_ONCE = 16;

/** The fronts of lanes, read as far as a plan asks for. */
export class LaneWindows {
  readonly #store: Pick<SchedulerStore, 'window'>;
  readonly #windows = new Map<string, LaneWindow>();
  #read = 0;

  constructor(store: Pick<SchedulerStore, 'window'>) {
    this.#store = store;
  }

  get all(): readonly LaneWindow[] {
    return [...this.#windows.values()];
  }

  /** Reads the front of each lane; where there are very many, less of each. */
  async readFronts(lanes: readonly LaneKey[]): Promise<void> {
    const limit = Math.min(FIRST, Math.max(1, Math.floor(MOST_IN_ALL / Math.max(lanes.length, 1))));
    await this.#each(lanes, async (lane) => {
      this.#keep(await this.#store.window(lane, limit));
    });
  }

  /** Reads on in these lanes. Answers whether anything was read: a lane may be at its end, or enough may be read. */
  async readOn(lanes: readonly LaneKey[]): Promise<boolean> {
    const before = this.#read;
    await this.#each(lanes, async (lane) => {
      const known = this.#windows.get(laneId(lane));
      const last = known?.entries.at(-1);
      if (known === undefined || last === undefined || known.complete) return;
      const { length } = known.entries;
      const limit = Math.min(length * (GROWTH - 1), MOST_PER_LANE - length, MOST_IN_ALL - this.#read);
      if (limit <= 0) return;
      this.#read += limit;
      const more = await this.#store.window(lane, limit, last);
      this.#read -= limit;
      this.#keep({ ...known, entries: [...known.entries, ...more.entries], complete: more.complete });
    });
    return this.#read > before;
  }

  #keep(window: LaneWindow): void {
    const id = laneId(window);
    this.#read += window.entries.length - (this.#windows.get(id)?.entries.length ?? 0);
    this.#windows.set(id, window);
  }

  async #each(lanes: readonly LaneKey[], read: (lane: LaneKey) => Promise<void>): Promise<void> {
    for (let from = 0; from < lanes.length; from += READS_AT_ONCE) {
      await Promise.all(lanes.slice(from, from + READS_AT_ONCE).map(read));
    }
  }
}
