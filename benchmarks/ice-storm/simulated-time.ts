import { setImmediate } from 'node:timers/promises';
import { epochMs, type EpochMs } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';

interface Moment {
  readonly atMs: number;
  /** Of two at the same time the one that was asked for first comes first. */
  readonly number: number;
  readonly happen: () => void;
}

/** Time that goes on when nobody has anything left to do at this moment: waiting costs nothing, and all is the same again. */
export class SimulatedTime implements Clock {
  readonly #coming: Moment[] = [];
  #nowMs = 0;
  #asked = 0;

  constructor(beganMs: number) {
    this.#nowMs = beganMs;
  }

  now(): EpochMs {
    return epochMs(this.#nowMs);
  }

  /** Comes back so many milliseconds later. */
  async after(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#coming.push({ atMs: this.#nowMs + ms, number: this.#asked++, happen: resolve });
    });
  }

  /** Lets things happen until the time has come, or nothing is to come. */
  async goOnTo(endMs: number): Promise<void> {
    for (;;) {
      // What happens at this moment comes to its end first: stores in memory answer at once.
      await setImmediate();
      const next = this.#takeNext(endMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      next.happen();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  #takeNext(endMs: number): Moment | undefined {
    const [first] = this.#coming.toSorted((a, b) => a.atMs - b.atMs || a.number - b.number);
    if (first === undefined || first.atMs > endMs) return undefined;
    this.#coming.splice(this.#coming.indexOf(first), 1);
    return first;
  }
}
