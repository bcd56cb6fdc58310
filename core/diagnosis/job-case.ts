import type { LaunchRecord } from '../capacity/gang.ts';
import type { EpochMs } from '../job/ids.ts';
import type { Attempt, Job, JobEvent, Node } from '../job/job.ts';

/** What `explain` says of a job that has not ended. */
export interface Holding {
  readonly code: string;
  readonly message: string;
  readonly hints: readonly string[];
  /** ISO times. */
  readonly until?: string;
  readonly givenUpAt?: string;
  /** The nodes of the share tree at which the job counts. */
  readonly shares?: readonly { readonly kind: string; readonly held: { readonly runningJobs: number } }[];
  readonly cooling?: readonly { readonly scope: string; readonly code: string; readonly until?: string }[];
}

/** A line that a step wrote. */
export interface StepLine {
  readonly atMs: EpochMs;
  readonly node: string;
  readonly message: string;
}

/** All that a diagnosis is made of. Only the job itself must be there; the more is known the more it says. */
export interface JobCase {
  readonly job: Job;
  readonly attempts?: readonly Attempt[];
  /** In any order; its latest entries where it is long. */
  readonly history: readonly JobEvent[];
  /** Of the current attempt, as are `launches` and `lines`. */
  readonly nodes?: readonly Node[];
  readonly launches?: readonly LaunchRecord[];
  readonly holding?: Holding;
  /** When a scheduler was seen last, of a job in the queue; absent where that is not known. */
  readonly scheduledAtMs?: EpochMs;
  /** The last lines of the step that failed, oldest first. */
  readonly lines?: readonly StepLine[];
  /** The log has not been read: it could not be, or not in the time that there was. */
  readonly isLogUnread?: true;
  readonly nowMs: EpochMs;
}
