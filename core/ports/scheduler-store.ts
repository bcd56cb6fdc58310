import type { EpochMs, JobId } from '../job/ids.ts';
import type { Reason } from '../job/job.ts';
import type { JobChange, LimitRelease } from '../lifecycle/change.ts';
import type { QueueSnapshot, ShareUse } from '../scheduling/plan-cycle.ts';

/** The right to schedule, fenced: every write of the scheduler names `epoch`, and a later holder's is higher. */
export interface Lease {
  readonly owner: string;
  readonly epoch: number;
  readonly expiresAtMs: EpochMs;
}

/** Why jobs wait, as the last cycle saw it after which any did. It says nothing of jobs that came later. */
export interface WaitingReport {
  readonly atMs: EpochMs;
  readonly byNamespace: Readonly<Record<string, Reason>>;
}

/** The scheduler's view of the store. All writes throw `LeaseLostError` when the lease is no longer the caller's. */
export interface SchedulerStore {
  /** Takes the lease if it is free or over, and clears the mark; `undefined` if somebody else holds it. */
  takeLease(owner: string, nowMs: EpochMs, durationMs: number): Promise<Lease | undefined>;
  renewLease(lease: Lease, nowMs: EpochMs, durationMs: number): Promise<Lease>;
  /** Gives the lease back; answers whether somebody marked the table dirty since it was taken. */
  dropLease(lease: Lease): Promise<{ readonly dirty: boolean }>;
  /** Called by whoever found the lease taken: its holder hears of it when it gives the lease back. */
  markDirty(): Promise<void>;
  /**
   * At most `depth` entries of each leaf, best first, with what is held and what is parked. Leaves that have long been
   * empty at `nowMs` are forgotten on the way.
   */
  snapshot(depth: number, nowMs: EpochMs): Promise<QueueSnapshot>;
  /** Ends that the scheduler has not counted yet. */
  releases(limit: number): Promise<readonly LimitRelease[]>;
  /** Subtracts what was held and removes the notes, in one transaction. */
  applyReleases(lease: Lease, releases: readonly LimitRelease[]): Promise<void>;
  /**
   * Applies admissions (`dequeue`) and turns of parked jobs (`park` with `turnGivenAtMs`) together with the counters
   * they take, in as few transactions as the limits of DynamoDB allow. Answers the jobs that went through: one that
   * changed meanwhile is left out.
   */
  grant(lease: Lease, changes: readonly JobChange[]): Promise<readonly JobId[]>;
  reportWaiting(lease: Lease, report: WaitingReport): Promise<void>;
  waitingReport(): Promise<WaitingReport | undefined>;
  /** What each leaf share holds now. */
  uses(): Promise<readonly ShareUse[]>;
}
