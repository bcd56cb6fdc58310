import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey } from '../queue/lane.ts';
import type { LaneWindow } from './snapshot.ts';

/** A job that wants limits: out of the queue, or parked and due. */
export type Candidate =
  | { readonly kind: 'queued'; readonly entry: QueueEntry }
  | { readonly kind: 'parked'; readonly entry: ParkedEntry };

export type CompareEntries = (a: QueueEntry, b: QueueEntry) => number;

/** How much of a leaf's queue a cycle looks at. */
export interface Lookahead {
  /** Jobs of a lane that were looked at and for which there is no room. */
  readonly perLane: number;
  /** After so many of a leaf others come before it: where looks are scarce, nobody uses them up alone. */
  readonly perRound: number;
}

/** Passing over a job whose equal was looked at costs so much less than looking, once it is read. */
const SKIPS_PER_LOOK = 20;

/** Jobs that stand one behind the other, and how far they were looked at. */
type Source = (
  | { readonly kind: 'queued'; readonly entries: readonly QueueEntry[] }
  | { readonly kind: 'parked'; readonly entries: readonly ParkedEntry[] }
) & { readonly lane: LaneKey; readonly complete: boolean; next: number; looks: number; skips: number };

const unseen = { next: 0, looks: 0, skips: 0 };

/**
 * The jobs of one user in their order: the lanes of the queue and the parked jobs that are due, merged as they are
 * asked for. A job that is like one that cannot start is passed over: what holds the one holds the other.
 */
export class LeafQueue {
  readonly #sources: Source[];
  readonly #compare: CompareEntries;
  readonly #lookahead: Lookahead;
  readonly #blocked = new Set<string>();
  #head: Source | undefined;
  #looks = 0;

  constructor(windows: readonly LaneWindow[], parked: readonly ParkedEntry[], compare: CompareEntries, lookahead: Lookahead) {
    const [first] = parked;
    this.#sources = windows.map((window): Source => ({ kind: 'queued', lane: window, entries: window.entries, complete: window.complete, ...unseen }));
    if (first !== undefined) this.#sources.push({ kind: 'parked', lane: first, entries: parked.toSorted(compare), complete: true, ...unseen });
    this.#compare = compare;
    this.#lookahead = lookahead;
    this.#settle();
  }

  get head(): QueueEntry | undefined {
    return this.#head?.entries[this.#head.next];
  }

  /** The head, and what it is. */
  get candidate(): Candidate | undefined {
    const source = this.#head;
    if (source === undefined) return undefined;
    if (source.kind === 'parked') {
      const entry = source.entries[source.next];
      return entry && { kind: 'parked', entry };
    }
    const entry = source.entries[source.next];
    return entry && { kind: 'queued', entry };
  }

  /** How often the leaf had its fill of looks in vain: others come before it then. */
  get round(): number {
    return Math.floor(this.#looks / this.#lookahead.perRound);
  }

  /** The head starts. */
  take(): void {
    if (this.#head !== undefined) this.#head.next += 1;
    this.#settle();
  }

  /**
   * The head cannot start in this cycle, and nothing that is like it.
   *
   * @param wasLook whether limits were asked: one that may not be tried at all costs next to nothing.
   */
  block(wasLook: boolean): void {
    const source = this.#head;
    if (source === undefined) return;
    const entry = source.entries[source.next];
    if (entry !== undefined) this.#blocked.add(entry.shape);
    source.next += 1;
    if (wasLook) {
      source.looks += 1;
      this.#looks += 1;
    } else {
      source.skips += 1;
    }
    this.#settle();
  }

  /** Lanes whose windows end before their jobs do, and that may be read on: to read costs the same, whatever is read. */
  usedUp(): readonly LaneKey[] {
    return this.#sources
      .filter((source) => !source.complete && source.next >= source.entries.length && source.looks + source.skips < this.#lookahead.perLane)
      .map(({ lane: { namespace, user, lane } }) => ({ namespace, user, lane }))
      .toSorted((a, b) => Number(a.lane > b.lane) - Number(a.lane < b.lane));
  }

  #mayLook({ looks, skips }: Source): boolean {
    return looks + skips / SKIPS_PER_LOOK < this.#lookahead.perLane;
  }

  #settle(): void {
    let best: Source | undefined;
    for (const source of this.#sources) {
      this.#passOver(source);
      if (!this.#hasNext(source)) continue;
      if (best === undefined || this.#isBefore(source, best)) best = source;
    }
    this.#head = best;
  }

  #passOver(source: Source): void {
    if (this.#blocked.size === 0) return;
    for (let entry = source.entries[source.next]; entry !== undefined && this.#blocked.has(entry.shape) && this.#mayLook(source); entry = source.entries[source.next]) {
      source.next += 1;
      source.skips += 1;
    }
  }

  #hasNext(source: Source): boolean {
    return source.next < source.entries.length && this.#mayLook(source);
  }

  #isBefore(a: Source, b: Source): boolean {
    const x = a.entries[a.next];
    const y = b.entries[b.next];
    return x !== undefined && (y === undefined || this.#compare(x, y) < 0);
  }
}
