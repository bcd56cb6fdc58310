import type { Measure } from '../../../core/metrics/catalogue.ts';
import { measurement } from '../../../core/metrics/catalogue.ts';
import { laneWaits, type LaneWaits } from '../../../core/metrics/lane-waits.ts';
import { queueMeasurements, type QueueSeen } from '../../../core/metrics/of-cycle.ts';
import type { EpochMs } from '../../../core/job/ids.ts';

/** Each namespace is a line of the log: cycles may follow each other many times a second. */
const WRITE_EVERY_MS = 60_000;

/**
 * What an execution environment has seen of the queue. It outlives an invocation, since what is known of lanes that a
 * cycle does not read is what an earlier one saw.
 */
export class CycleMeter {
  readonly #named: Readonly<Record<string, unknown>>;
  readonly #measure: Measure;
  #waits: LaneWaits = new Map();
  #seconds: number[] = [];
  #seen: QueueSeen | undefined;
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  /** @param named the namespaces that the configuration names */
  constructor(named: Readonly<Record<string, unknown>>, measure: Measure) {
    this.#named = named;
    this.#measure = measure;
  }

  /** Notes a cycle; writes once a minute. */
  note(seen: QueueSeen, fromMs: EpochMs, toMs: EpochMs): void {
    this.#seconds.push(Math.max(0, toMs - fromMs) / 1000);
    this.#seen = seen;
    this.#waits = laneWaits(this.#waits, { ...seen, left: new Set(seen.admitted.map(({ jobId }) => jobId)) });
    if (toMs - this.#writtenAtMs >= WRITE_EVERY_MS) this.write(toMs);
  }

  /** Writes what was noted since it was last written. */
  write(nowMs: EpochMs): void {
    if (this.#seen === undefined) return;
    const cycles = this.#seconds.map((seconds) => measurement('CycleSeconds', seconds, {}));
    this.#measure([...queueMeasurements(this.#seen, this.#waits, this.#named, nowMs), ...cycles]);
    this.#seconds = [];
    this.#seen = undefined;
    this.#writtenAtMs = nowMs;
  }
}
