import type { Amounts, Attempt, Demand, Hold, Job, JobEvent } from '../job/job.ts';
import type { EpochMs, JobId, MicroUsd } from '../job/ids.ts';
import type { LaneKey } from '../queue/lane.ts';

/** What the scheduler knows of a job that wants limits. */
interface Waiting extends LaneKey {
  readonly jobId: JobId;
  readonly priority: number;
  readonly submittedAtMs: EpochMs;
  readonly demand: Demand;
  /** Jobs of the same shape are alike to the scheduler: what holds one holds the other. */
  readonly shape: string;
  /** How long it holds limits at the longest, from when it gets them; absent: nobody knows. */
  readonly holdSeconds?: number;
  /** How long it may wait for capacity; absent in entries of earlier releases, which wait for it without end. */
  readonly timeoutSeconds?: number;
  /** When its attempt came into the queue; absent: when it was submitted. */
  readonly queuedAtMs?: EpochMs;
}

/** What a PENDING job has in the queue, and nothing else has. */
export type QueueEntry = Waiting;

/** A job in ACQUIRING_CAPACITY that has nothing to try now. It holds no limit. */
export interface ParkedEntry extends Waiting {
  readonly attempt: number;
  readonly token: string;
  readonly sinceMs: EpochMs;
  /** Not before this time is there anything to try. */
  readonly untilMs: EpochMs;
  /** Keys of the scopes whose cooldowns end then; entries of earlier releases have none. */
  readonly waitsFor?: readonly string[];
  /** That time is the end of no cooldown: nothing that others find out brings it forward. */
  readonly byClock?: true;
  /** Set by the scheduler with the limits taken again: the turn. The token is answered after that. */
  readonly hold?: Hold;
}

/** A note to the scheduler, which alone counts limits: this attempt holds its amounts no longer. */
export interface LimitRelease {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly user: string;
  readonly attempt: number;
  readonly amounts: Amounts;
  readonly hold: Hold;
  readonly atMs: EpochMs;
  /** What its machines cost at list price, where it had any: usage is corrected to it. */
  readonly costMicroUsd: MicroUsd;
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
  /** The current attempt holds limits anew; nothing else of its record changes. */
  readonly newHold?: Hold;
  readonly enqueue?: QueueEntry;
  readonly dequeue?: QueueEntry;
  readonly park?: ParkedEntry;
  /** Removes the parked entry of this job. */
  readonly unpark?: true;
  readonly release?: LimitRelease;
}
