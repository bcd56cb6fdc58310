/** A job of a replay: a gang of machines that is wanted from a time on. */
export interface GangJob {
  /** From 1, by arrival. */
  readonly number: number;
  readonly arrivedAtMs: number;
}

/** What all jobs of a replay want. */
export interface GangSize {
  readonly nodes: number;
  readonly spread: 'Single' | 'Prefer' | 'Any';
}

/** What came of a job's turn. */
export type Turn =
  /** The whole gang stands: machines by zone. */
  | { readonly kind: 'acquired'; readonly machines: ReadonlyMap<string, number> }
  /** Nothing is held. */
  | { readonly kind: 'waits'; readonly untilMs: number };

/** A way to get gangs out of a cloud. */
export interface Launcher {
  /** The first time from `ms` on at which it looks by itself. It looks whenever a job comes or goes, too. */
  cycleFrom(ms: number): number;
  /** Gives each of these jobs a turn now; they come by arrival, and the answers in their order. */
  turns(jobs: readonly GangJob[]): Promise<readonly Turn[]>;
  /** The gang of this job is needed no more. */
  end(job: GangJob): Promise<void>;
}

const MINUTE_MS = 60_000;

/**
 * Schedulers look at least once a minute: the first time from `ms` on that is half a minute past a whole one. Traces
 * measure at whole minutes, real schedulers look at any second: in the middle is what they do on average.
 */
export function minuteFrom(ms: number): number {
  return (Math.ceil(ms / MINUTE_MS - 0.5) + 0.5) * MINUTE_MS;
}
