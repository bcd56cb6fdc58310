import type { Cooldown } from '../capacity/offering.ts';
import type { EpochMs, JobId } from '../job/ids.ts';
import type { Amounts, Hold, QuotaKey } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey, LeafKey } from '../queue/lane.ts';
import type { Pause } from '../queue/pause.ts';

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
}

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
  /**
   * All that hold limits. Absent: not read. Without them nothing is backfilled past a job that waits for limits which
   * both count against.
   */
  readonly holders?: readonly Holder[];
}
