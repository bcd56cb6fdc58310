import type { QueueEntry } from '../../core/lifecycle/change.ts';
import type { LaneKey } from '../../core/queue/lane.ts';
import type { LaneWindow } from '../../core/scheduling/snapshot.ts';

type Compare = (a: QueueEntry, b: QueueEntry) => number;

interface Lane {
  readonly key: LaneKey;
  /** In order. */
  readonly entries: QueueEntry[];
}

/** How many entries of a lane a cycle reads first, by how much more when it wants more, and at most: as the loop reads the table. */
const reads = { first: 25, factor: 4, most: 1000 } as const;

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

  /** Namespaces in which jobs wait. */
  namespaces(): ReadonlySet<string> {
    return new Set(Array.from(this.#lanes.values(), ({ key }) => key.namespace));
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

  /** The fronts of all lanes. */
  windows(): LaneWindow[] {
    return [...this.#lanes.values()].map((lane) => windowOf(lane, reads.first));
  }

  /** The same windows, reaching further in these lanes; `undefined` when none can. */
  readOn(windows: readonly LaneWindow[], lanes: readonly LaneKey[]): LaneWindow[] | undefined {
    const wanted = new Set(lanes.map(laneId));
    let more = false;
    const longer = windows.map((window) => {
      const lane = this.#lanes.get(laneId(window));
      const { length } = window.entries;
      if (lane === undefined || window.complete || length >= reads.most || !wanted.has(laneId(window))) return window;
      more = true;
      return windowOf(lane, Math.min(length * reads.factor, reads.most));
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

const laneId = ({ namespace, user, lane }: LaneKey): string => `${namespace}/${user}/${lane}`;

function windowOf({ key, entries }: Lane, length: number): LaneWindow {
  return { ...key, entries: entries.slice(0, length), complete: entries.length <= length };
}
