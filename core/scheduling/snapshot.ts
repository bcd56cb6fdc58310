import type { Cooldown } from '../capacity/offering.ts';
import type { EpochMs, JobId } from '../job/ids.ts';
import type { Amounts, Hold, QuotaKey } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey, LeafKey } from '../queue/lane.ts';
import type { Pause } from '../queue/pause.ts';
import type { ObstacleCode, Seeker } from './plan.ts';

/** What a usage refers to: see `usage.ts`. */
export interface UsageBase {
  readonly landmarkMs: EpochMs;
  readonly halfLifeMs: number;
}

/** What a leaf share holds now and has used, counted by the scheduler alone. */
export interface ShareUse extends LeafKey, Amounts, UsageBase {
  readonly runningJobs: number;
  /** vCPUs held of account quotas. */
  readonly quotas: Readonly<Partial<Record<QuotaKey, number>>>;
  /** What was used, decayed. A weight, not an amount: it means something only beside others. */
  readonly usage: number;
}

/** How many jobs wait in a lane: at least. */
export interface LaneCount extends LaneKey {
  readonly pending: number;
}

/** A lane that has, or lately had, jobs in it. */
export interface ActiveLane extends LaneCount {
  /** When somebody last entered it. */
  readonly enteredAtMs: EpochMs;
  /** Noted by the scheduler; absent: no job of it is held back for capacity alone. */
  readonly heldSince?: HeldSince;
  /** Noted by the scheduler, for the histories of jobs: why jobs of it wait. */
  readonly reasons?: LaneReasons;
  /** When a job of it was admitted last, and the `rankTime` of the first of those that were then; absent: none was. */
  readonly started?: { readonly atMs: EpochMs; readonly rank: number };
}

/** Why jobs wait: the code that `orch why` has for it, and what it is about where the code does not say it. */
export interface WaitReason {
  readonly code: ObstacleCode | 'Queued';
  /** A place, a scope, an account quota, or what EC2 said. */
  readonly detail?: string;
}

/** What is noted from a moment on: a reason, or without a code that there is none any more. */
export type NotedReason = { readonly sinceMs: EpochMs } & Partial<WaitReason>;

/** Oldest first. Each holds until the next. */
export type NotedReasons = readonly NotedReason[];

/** Why jobs of a lane wait: of each of a few shapes, and under `EVERY_SHAPE` of all, where its user holds all that may be held. */
export type LaneReasons = Readonly<Record<string, NotedReasons>>;

/** Since when jobs of a lane are held back for capacity and for nothing else, by their shape. */
export type HeldSince = Readonly<Record<string, EpochMs>>;

/** What is to be noted of a lane: all of it, in place of what was. */
export interface HeldLane extends LaneKey {
  readonly heldSince: HeldSince;
}

/** What of these is to be noted of a lane, in place of what was; what is absent stays as it is. */
export interface LaneNote extends LaneKey, Partial<Pick<ActiveLane, 'heldSince' | 'reasons'>> {}

/** The front of a lane, in the order of the policy: `byRank`, as the store keeps it, under `fair-share`. */
export interface LaneWindow extends LaneKey {
  readonly entries: readonly QueueEntry[];
  /** Whether there is nothing behind it. */
  readonly complete: boolean;
}

/** A job that holds limits: it gives them back by `hold.endsByMs`. */
export interface Holder extends LeafKey {
  readonly jobId: JobId;
  readonly amounts: Amounts;
  readonly hold: Pick<Hold, 'quotas'> & Partial<Pick<Hold, 'endsByMs'>>;
}

/** What a cycle decides on. */
export interface SchedulingSnapshot {
  readonly uses: readonly ShareUse[];
  readonly lanes: readonly LaneWindow[];
  readonly parked: readonly ParkedEntry[];
  /** Pauses of the queue and of namespaces; those of markets and offerings are among the cooldowns. */
  readonly pauses: readonly Pause[];
  readonly cooldowns: readonly Cooldown[];
  /** Jobs that look for machines now. */
  readonly launching: number;
  /** Those of them that do no more than find out whether what is not to be had is back. Absent: nobody asked, and what they hold is held. */
  readonly deadSeekers?: readonly Seeker[];
  /**
   * All that hold limits. Absent: not read. Without them nothing is backfilled past a job that waits for limits which
   * both count against.
   */
  readonly holders?: readonly Holder[];
}
