import type { Attempt, Demand, Job, JobEvent } from '../job/job.ts';
import type { EpochMs, JobId } from '../job/ids.ts';

/** What a PENDING job has in the queue, and nothing else has. */
export interface QueueEntry {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly priority: number;
  readonly submittedAtMs: EpochMs;
  readonly demand: Demand;
}

/** A job in ACQUIRING_CAPACITY that has nothing to try now. It holds no limit. */
export interface ParkedEntry {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly attempt: number;
  readonly priority: number;
  readonly submittedAtMs: EpochMs;
  readonly demand: Demand;
  readonly token: string;
  readonly sinceMs: EpochMs;
  /** Not before this time is there anything to try. */
  readonly untilMs: EpochMs;
  /** Set by the scheduler with the limits taken again; the token is answered after that. */
  readonly turnGivenAtMs?: EpochMs;
}

/** A note to the scheduler, which alone counts limits: this attempt holds its demand no longer. */
export interface LimitRelease {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly attempt: number;
  readonly demand: Demand;
  /** An attempt that parks more than once releases more than once: the number of the event that caused it. */
  readonly cause: number;
}

/**
 * One transaction on a job. Built by pure functions, applied by `JobStore.commit`: all of it or nothing, and only if
 * the job is still at `before.revision`.
 */
export interface JobChange {
  readonly before: Job;
  readonly after: Job;
  readonly events: readonly JobEvent[];
  readonly attempt?: Attempt;
  readonly enqueue?: QueueEntry;
  readonly dequeue?: QueueEntry;
  readonly park?: ParkedEntry;
  /** Removes the parked entry of this job. */
  readonly unpark?: true;
  readonly release?: LimitRelease;
}
