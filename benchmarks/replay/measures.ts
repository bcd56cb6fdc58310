import type { EpochMs } from '../../core/job/ids.ts';
import type { Load, LoadJob } from './load.ts';
import { ShareError } from './share-error.ts';
import type { Observer } from './simulate.ts';

/** Below it a job is so short that waiting much longer than it runs says little: the usual bound of the slowdown. */
const SLOWDOWN_BOUND_SECONDS = 10;

/** How a policy did. Times are simulated. */
export interface PolicyResult {
  readonly name: string;
  readonly waitSeconds: { readonly mean: number; readonly p50: number; readonly p90: number; readonly p99: number };
  /**
   * Mean over jobs of what waiting makes of their run time: (wait + run) / max(run, 10 s), and at least 1 (Feitelson,
   * Rudolph, "Metrics and Benchmarking for Parallel Job Scheduling", JSSPP 1998).
   */
  readonly boundedSlowdown: number;
  /** Part of the machine that was held, from the first submission to the last end. */
  readonly utilisation: number;
  /** The same, of the times only in which jobs waited: what it lacks could not be given, or was not. */
  readonly utilisationWhileWaiting: number;
  /** See `ShareError`. */
  readonly shareError: number;
  /** Of the job that waited longest. */
  readonly longestWaitSeconds: number;
  /** From the first submission to the last end. */
  readonly makespanSeconds: number;
  readonly jobs: number;
  readonly classes?: Readonly<Record<string, { readonly jobs: number; readonly meanSecondsToAdmission: number }>>;
}

/** Every so many thousandths of the jobs, by their waits: for charts. */
export interface WaitCurve {
  readonly seconds: readonly number[];
}

interface Wait {
  readonly job: LoadJob;
  readonly seconds: number;
}

/** Units held, times milliseconds, of so many milliseconds. */
interface Occupancy {
  unitMs: number;
  ms: number;
}

/** Watches a simulation and says how it went. */
export class Measures implements Observer {
  readonly #capacity: number;
  readonly #shareError: ShareError;
  readonly #waits: Wait[] = [];
  readonly #beganMs: number;
  #nowMs: number;
  #units = 0;
  #waiting = 0;
  readonly #always: Occupancy = { unitMs: 0, ms: 0 };
  readonly #whileWaiting: Occupancy = { unitMs: 0, ms: 0 };

  constructor(load: Load) {
    this.#capacity = load.capacity;
    this.#shareError = new ShareError(load);
    this.#beganMs = load.jobs[0]?.entry.submittedAtMs ?? 0;
    this.#nowMs = this.#beganMs;
  }

  timeGoesOn(nowMs: EpochMs): void {
    this.#shareError.timeGoesOn(nowMs);
    const ms = nowMs - this.#nowMs;
    for (const occupancy of this.#waiting > 0 ? [this.#always, this.#whileWaiting] : [this.#always]) {
      occupancy.ms += ms;
      occupancy.unitMs += this.#units * ms;
    }
    this.#nowMs = nowMs;
  }

  submitted(job: LoadJob): void {
    this.#shareError.submitted(job);
    this.#waiting += 1;
  }

  started(job: LoadJob, atMs: EpochMs): void {
    this.#shareError.started(job);
    this.#units += job.entry.demand.nodes;
    this.#waiting -= 1;
    this.#waits.push({ job, seconds: (atMs - job.entry.submittedAtMs) / 1000 });
  }

  ended(job: LoadJob): void {
    this.#shareError.ended(job);
    this.#units -= job.entry.demand.nodes;
  }

  /** The result when all is over. */
  close(name: string): { readonly result: PolicyResult; readonly curve: WaitCurve } {
    const sorted = this.#waits.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const classes = this.#classes();
    const result: PolicyResult = {
      name,
      waitSeconds: { mean: mean(sorted), p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9), p99: quantile(sorted, 0.99) },
      boundedSlowdown: mean(this.#waits.map(slowdownOf)),
      utilisation: this.#partHeld(this.#always),
      utilisationWhileWaiting: this.#partHeld(this.#whileWaiting),
      shareError: this.#shareError.close(),
      longestWaitSeconds: sorted.at(-1) ?? 0,
      makespanSeconds: (this.#nowMs - this.#beganMs) / 1000,
      jobs: sorted.length,
      ...(classes === undefined ? {} : { classes }),
    };
    return { result, curve: { seconds: Array.from({ length: 1001 }, (_, i) => quantile(sorted, i / 1000)) } };
  }

  #partHeld({ unitMs, ms }: Occupancy): number {
    return ms === 0 ? 0 : unitMs / (ms * this.#capacity);
  }

  #classes(): PolicyResult['classes'] {
    const groups = Map.groupBy(this.#waits.filter(({ job }) => job.class !== undefined), ({ job }) => job.class ?? '');
    if (groups.size === 0) return undefined;
    const inOrder = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(inOrder.map(([name, waits]) => [name, { jobs: waits.length, meanSecondsToAdmission: mean(waits.map(({ seconds }) => seconds)) }]));
  }
}

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);

function slowdownOf({ job, seconds }: Wait): number {
  const run = job.runMs / 1000;
  return Math.max(1, (seconds + run) / Math.max(run, SLOWDOWN_BOUND_SECONDS));
}

/** The least value that this part of all is not above. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
