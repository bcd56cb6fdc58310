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
  /** Part of the machine that was held, from the first submission until the last job started. */
  readonly utilisation: number;
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

/** Watches a simulation and says how it went. */
export class Measures implements Observer {
  readonly #capacity: number;
  readonly #shareError: ShareError;
  readonly #waits: Wait[] = [];
  readonly #beganMs: number;
  #nowMs: number;
  #units = 0;
  /** Units held times milliseconds, until now and until the last start. */
  #held = 0;
  #heldAtLastStart = 0;
  #lastStartMs: number;

  constructor(load: Load) {
    this.#capacity = load.capacity;
    this.#shareError = new ShareError(load);
    this.#beganMs = load.jobs[0]?.entry.submittedAtMs ?? 0;
    this.#nowMs = this.#beganMs;
    this.#lastStartMs = this.#beganMs;
  }

  timeGoesOn(nowMs: EpochMs): void {
    this.#shareError.timeGoesOn(nowMs);
    this.#held += this.#units * (nowMs - this.#nowMs);
    this.#nowMs = nowMs;
  }

  submitted(job: LoadJob): void {
    this.#shareError.submitted(job);
  }

  started(job: LoadJob, atMs: EpochMs): void {
    this.#shareError.started(job);
    this.#units += job.entry.demand.nodes;
    this.#waits.push({ job, seconds: (atMs - job.entry.submittedAtMs) / 1000 });
    this.#lastStartMs = atMs;
    this.#heldAtLastStart = this.#held;
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
      utilisation: this.#lastStartMs === this.#beganMs ? 0 : this.#heldAtLastStart / ((this.#lastStartMs - this.#beganMs) * this.#capacity),
      shareError: this.#shareError.close(),
      longestWaitSeconds: sorted.at(-1) ?? 0,
      makespanSeconds: (this.#nowMs - this.#beganMs) / 1000,
      jobs: sorted.length,
      ...(classes === undefined ? {} : { classes }),
    };
    return { result, curve: { seconds: Array.from({ length: 1001 }, (_, i) => quantile(sorted, i / 1000)) } };
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
