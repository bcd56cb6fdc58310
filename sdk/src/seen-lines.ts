import type { LogLine } from './types.ts';

/** So many lines are remembered before it is looked which are too old to come again. */
const FEW = 20_000;

/** Which lines of a log were read before, as far as they may come again. */
export class SeenLines {
  readonly #atMs = new Map<string, number>();
  readonly #memoryMs: number;
  #newestMs = Number.NEGATIVE_INFINITY;
  #most = FEW;

  /** @param memoryMs nothing is asked for again that is older than the newest line by more. */
  constructor(memoryMs: number) {
    this.#memoryMs = memoryMs;
  }

  /** Time of the newest line; `-Infinity` before there is one. */
  get newestMs(): number {
    return this.#newestMs;
  }

  /** Whether this line was not there before; from now on it was. */
  isNew({ id, at }: LogLine): boolean {
    if (this.#atMs.has(id)) return false;
    const atMs = Date.parse(at);
    this.#atMs.set(id, atMs);
    this.#newestMs = Math.max(this.#newestMs, atMs);
    if (this.#atMs.size > this.#most) this.#forget();
    return true;
  }

  /** Looks at all, and so only when there are twice as many as were worth keeping. */
  #forget(): void {
    const from = this.#newestMs - this.#memoryMs;
    for (const [id, atMs] of this.#atMs) if (atMs < from) this.#atMs.delete(id);
    this.#most = Math.max(FEW, 2 * this.#atMs.size);
  }
}
