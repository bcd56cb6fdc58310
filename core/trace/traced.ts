import type { EpochMs } from '../job/ids.ts';
import type { Attempt, Job, JobEvent, Reason } from '../job/job.ts';

/** What a trace says of a job beside its history. */
export interface TracedJob extends Pick<Job,
  'jobId' | 'namespace' | 'manifest' | 'user' | 'labels' | 'priority' | 'runtime' | 'runtimeVersion' | 'provider' | 'submittedAtMs' | 'outcome' | 'reason' | 'exitCode' | 'scheduler'> {
  /** Those that are known of: the history tells how many there were. */
  readonly attempts: readonly Pick<Attempt, 'attempt' | 'outcome' | 'reason'>[];
  /** Why it waits, where that is known and it does. */
  readonly waiting?: Reason;
}

/** An entry of the history, as the stores have it or the API shows it. */
export type TracedEvent = Pick<JobEvent, 'number' | 'atMs' | 'attempt' | 'type' | 'message' | 'from' | 'to' | 'data'>;

/** An entry in its place in time. */
export interface TimedEvent extends TracedEvent {
  /** Whether its own time was before that of an entry with a lower number, and it has that one's now. */
  readonly isMoved: boolean;
}

/**
 * A history as it was: each entry once, by number, none before one that is written before it. Functions on several machines
 * write a history, whose clocks differ by milliseconds; the numbers are what the store's transactions decided.
 */
export function inOrder(history: readonly TracedEvent[], fromMs: EpochMs): readonly TimedEvent[] {
  const byNumber = new Map(history.map((event) => [event.number, event]));
  let latestMs = fromMs;
  return [...byNumber.values()].toSorted((a, b) => a.number - b.number).map((event) => {
    const isMoved = event.atMs < latestMs;
    latestMs = isMoved ? latestMs : event.atMs;
    return { ...event, isMoved, atMs: latestMs };
  });
}
