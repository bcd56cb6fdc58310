import type { LogLine } from './types.ts';

/** A line of one node may arrive so long after a newer one of another, and still be told in its place. */
const WINDOW_MS = 3_000;

/**
 * Puts lines of several nodes in the order of their times while a log is followed: a line is held back until the next
 * reading has brought what is older, or until it is older than the newest by the window. What comes later than that
 * comes out late. A log of one node is in order as it is, and nothing of it is held back.
 */
export class LineOrder {
  #held: { readonly atMs: number; readonly line: LogLine }[] = [];
  #oldestMs = Number.POSITIVE_INFINITY;
  #newestMs = Number.NEGATIVE_INFINITY;
  /** The newest line that was held back by the reading before. */
  #heldMs = Number.NEGATIVE_INFINITY;
  readonly #nodes = new Set<string>();

  add(line: LogLine): void {
    const atMs = Date.parse(line.at);
    this.#held.push({ atMs, line });
    this.#oldestMs = Math.min(this.#oldestMs, atMs);
    this.#newestMs = Math.max(this.#newestMs, atMs);
    this.#nodes.add(line.node);
  }

  /** Lines that need to wait for no other one, while a reading goes on. */
  settled(): readonly LogLine[] {
    return this.#upTo(this.#nodes.size > 1 ? this.#newestMs - WINDOW_MS : this.#newestMs);
  }

  /** The same at the end of a reading: also what was held back before it. */
  endOfReading(): readonly LogLine[] {
    const lines = this.#upTo(this.#nodes.size > 1 ? Math.max(this.#newestMs - WINDOW_MS, this.#heldMs) : this.#newestMs);
    this.#heldMs = this.#held.length === 0 ? Number.NEGATIVE_INFINITY : this.#newestMs;
    return lines;
  }

  /** All that are left. */
  rest(): readonly LogLine[] {
    return this.#upTo(this.#newestMs);
  }

  /** Lines of one moment stay as they came: the service has them in the order in which they were written. */
  #upTo(mostMs: number): readonly LogLine[] {
    if (this.#oldestMs > mostMs) return [];
    const sorted = this.#held.toSorted((a, b) => a.atMs - b.atMs);
    const after = sorted.findIndex(({ atMs }) => atMs > mostMs);
    const end = after === -1 ? sorted.length : after;
    this.#held = sorted.slice(end);
    this.#oldestMs = this.#held[0]?.atMs ?? Number.POSITIVE_INFINITY;
    return sorted.slice(0, end).map(({ line }) => line);
  }
}
