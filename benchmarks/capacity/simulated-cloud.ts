import { epochMs, type EpochMs } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CapacityTrace } from './trace.ts';

/**
 * A cloud that has what a trace says, less what is held of it. It is asked as EC2 Fleet is: for so many machines, at
 * least so many or none. Machines once had stay until they are given back; interruptions are not simulated.
 */
export class SimulatedCloud implements Clock {
  /** Launch calls made. */
  calls = 0;
  readonly trace: CapacityTrace;
  readonly #held = new Map<string, number>();
  #nowMs: number;
  /** Of the measurement that holds now. */
  #index = 0;

  constructor(trace: CapacityTrace) {
    this.trace = trace;
    this.#nowMs = trace.timesMs[0] ?? 0;
  }

  now(): EpochMs {
    return epochMs(this.#nowMs);
  }

  /** Time only goes on. */
  goOnTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    while ((this.trace.timesMs[this.#index + 1] ?? Infinity) <= this.#nowMs) this.#index += 1;
  }

  /** Machines to be had in a zone now. */
  free(zone: string): number {
    return Math.max(0, this.#level(zone, this.#index) - this.heldIn(zone));
  }

  heldIn(zone: string): number {
    return this.#held.get(zone) ?? 0;
  }

  /**
   * One launch call. Zones with most machines are used first, as EC2 does with the capacity-optimised strategies.
   *
   * @returns how many machines it brought in which zones: `count` of them, at least `minimum`, or none
   */
  launch(zones: readonly string[], count: number, minimum: number): ReadonlyMap<string, number> {
    this.calls += 1;
    const richest = zones.map((zone) => ({ zone, free: this.free(zone) })).toSorted((a, b) => b.free - a.free || (a.zone < b.zone ? -1 : 1));
    const brought = new Map<string, number>();
    if (richest.reduce((sum, { free }) => sum + free, 0) < minimum) return brought;
    let missing = count;
    for (const { zone, free } of richest) {
      const taken = Math.min(free, missing);
      if (taken === 0) break;
      missing -= taken;
      brought.set(zone, taken);
      this.#held.set(zone, this.heldIn(zone) + taken);
    }
    return brought;
  }

  giveBack(machines: ReadonlyMap<string, number>): void {
    for (const [zone, count] of machines) this.#held.set(zone, this.heldIn(zone) - count);
  }

  /** When the next measurement begins to hold; what only who knows the future may ask. */
  nextChangeMs(): number {
    return this.trace.timesMs[this.#index + 1] ?? Infinity;
  }

  /**
   * For how many milliseconds from now until a time a zone could serve `count` machines more than are held of it now;
   * what only who knows the future may ask.
   */
  usableMs(zone: string, count: number, untilMs: number): number {
    const { timesMs, endMs } = this.trace;
    const needed = count + this.heldIn(zone);
    let usable = 0;
    for (let index = this.#index; index < timesMs.length && (timesMs[index] ?? endMs) < untilMs; index += 1) {
      if (this.#level(zone, index) < needed) continue;
      usable += Math.min(timesMs[index + 1] ?? endMs, untilMs) - Math.max(timesMs[index] ?? endMs, this.#nowMs);
    }
    return usable;
  }

  #level(zone: string, index: number): number {
    return this.trace.levels.get(zone)?.[index] ?? 0;
  }
}
