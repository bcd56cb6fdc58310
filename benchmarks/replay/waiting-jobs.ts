import type { QueueEntry } from '../../core/lifecycle/change.ts';
import type { LaneKey } from '../../core/queue/lane.ts';
import { laneId } from '../../core/scheduling/share-nodes.ts';
import type { LaneWindow } from '../../core/scheduling/snapshot.ts';

type Compare = (a: QueueEntry, b: QueueEntry) => number;

interface Lane {
  readonly key: LaneKey;
  /** In order. */
  readonly entries: QueueEntry[];
}

/** As the loop on AWS reads: so many entries of a lane at first, so many times more of one that is used up, and at most. */
const reads = { first: 10, growth: 4, mostPerLane: 1000, mostInAll: 20_000 } as const;

/** The queue: what waits, in lanes as the store keeps them. */
export class WaitingJobs {
  readonly #compare: Compare;
  readonly #lanes = new Map<string, Lane>();
  /** Waiting jobs by how many units they take. */
  readonly #sizes = new Map<number, number>();
  #fewest = Number.POSITIVE_INFINITY;
  #count = 0;

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  get count(): number {
    return this.#count;
  }

  /** Units of the smallest waiting job; infinity when none waits. */
  get fewestUnits(): number {
    return this.#fewest;
  }

  /** The lanes in which jobs wait. */
  lanes(): readonly LaneKey[] {
    return Array.from(this.#lanes.values(), ({ key }) => key);
  }

  add(entry: QueueEntry): void {
    const { entries } = this.#lane(entry);
    entries.splice(this.#placeOf(entries, entry), 0, entry);
    const { nodes } = entry.demand;
    this.#sizes.set(nodes, (this.#sizes.get(nodes) ?? 0) + 1);
    this.#fewest = Math.min(this.#fewest, nodes);
    this.#count += 1;
  }

  remove(entry: QueueEntry): void {
    const id = laneId(entry);
    const { entries } = this.#lane(entry);
    const place = this.#placeOf(entries, entry);
    if (entries[place]?.jobId !== entry.jobId) throw new Error(`Job ${entry.jobId} is started and does not wait.`);
    if (place === 0) entries.shift();
    else entries.splice(place, 1);
    if (entries.length === 0) this.#lanes.delete(id);
    this.#forget(entry.demand.nodes);
    this.#count -= 1;
  }

  /** The fronts of these lanes. */
  windows(lanes: readonly LaneKey[]): readonly LaneWindow[] {
    const first = Math.min(reads.first, Math.max(1, Math.floor(reads.mostInAll / Math.max(lanes.length, 1))));
    return lanes.map((lane) => windowOf(this.#lane(lane), first));
  }

  /** The same windows, reaching further in these lanes; `undefined` when none can. */
  readOn(windows: readonly LaneWindow[], lanes: readonly LaneKey[]): readonly LaneWindow[] | undefined {
    if (lanes.length === 0) return undefined;
    const wanted = new Set(lanes.map(laneId));
    let read = windows.reduce((sum, { entries }) => sum + entries.length, 0);
    let more = false;
    const longer = windows.map((window) => {
      const { length } = window.entries;
      const longest = Math.min(length * reads.growth, reads.mostPerLane, length + reads.mostInAll - read);
      if (window.complete || longest <= length || !wanted.has(laneId(window))) return window;
      const grown = windowOf(this.#lane(window), longest);
      read += grown.entries.length - length;
      more = true;
      return grown;
    });
    return more ? longer : undefined;
  }

  #lane(key: LaneKey): Lane {
    const id = laneId(key);
    const known = this.#lanes.get(id);
    if (known !== undefined) return known;
    const { namespace, user, lane } = key;
    const made: Lane = { key: { namespace, user, lane }, entries: [] };
    this.#lanes.set(id, made);
    return made;
  }

  #placeOf(entries: readonly QueueEntry[], entry: QueueEntry): number {
    let low = 0;
    for (let high = entries.length; low < high; ) {
      const middle = (low + high) >> 1;
      const other = entries[middle];
      if (other !== undefined && this.#compare(other, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(units: number): void {
    const left = (this.#sizes.get(units) ?? 0) - 1;
    if (left > 0) {
      this.#sizes.set(units, left);
      return;
    }
    this.#sizes.delete(units);
    if (units === this.#fewest) this.#fewest = Math.min(Number.POSITIVE_INFINITY, ...this.#sizes.keys());
  }
}

function windowOf({ key, entries }: Lane, length: number): LaneWindow {
  return { ...key, entries: entries.slice(0, length), complete: entries.length <= length };
}
