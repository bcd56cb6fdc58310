import type { EpochMs, JobId } from '../job/ids.ts';
import type { JobChange, LimitRelease, ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey, LeafKey } from '../queue/lane.ts';
import type { Pause } from '../queue/pause.ts';
import type { RoomNote } from '../scheduling/room-note.ts';
import type { ActiveLane, LaneCount, LaneNote, LaneWindow, ShareUse, UsageBase } from '../scheduling/snapshot.ts';
import type { CurrentShares } from '../shares/share-tree.ts';

/** The right to schedule, fenced: every write of the scheduler names `epoch`, and a later holder's is higher. */
export interface Lease {
  readonly owner: string;
  readonly epoch: number;
  readonly expiresAtMs: EpochMs;
  /** Jobs that were given limits and may be looking for machines still. */
  readonly launching: readonly JobId[];
}

/** All that a cycle looks at but for the queues themselves: one read. */
export interface SchedulerOverview {
  /** Absent: nobody has applied a share tree. */
  readonly shares?: CurrentShares;
  readonly uses: readonly ShareUse[];
  readonly lanes: readonly ActiveLane[];
  /** Absent: nothing is noted of any place. */
  readonly room?: RoomNote;
  readonly parked: readonly ParkedEntry[];
  /** Ends that the scheduler has not counted yet, at most some hundreds. */
  readonly releases: readonly LimitRelease[];
  /** Of the queue and of namespaces. */
  readonly pauses: readonly Pause[];
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
  /** Has a scheduler invoked in a moment: by whoever must stop with work left, after it has given the lease back. */
  wake(nowMs: EpochMs): Promise<void>;
  /** Strongly consistent. */
  overview(): Promise<SchedulerOverview>;
  /** Jobs that were given limits and may be looking for machines still, whoever holds the lease; for whoever only looks. */
  launching(): Promise<readonly JobId[]>;
  /** When somebody was seen last to hold the lease, `nowMs` at most; `undefined`: nobody ever. Strongly consistent. */
  heldAt(nowMs: EpochMs): Promise<EpochMs | undefined>;
  /** At most `limit` entries of a lane, in the order of `byRank`, behind `after`. Strongly consistent. A full window is not `complete`: nobody looked behind it. */
  window(lane: LaneKey, limit: number, after?: QueueEntry): Promise<LaneWindow>;
  /** The entry as it is stored; `undefined`: it has left the queue, or was moved. Perhaps as of a moment ago. */
  queued(entry: QueueEntry): Promise<QueueEntry | undefined>;
  /** How many entries stand before `entry` in its lane, counted up to `most`. */
  ahead(entry: QueueEntry, most: number): Promise<number>;
  /**
   * Forgets lanes that have `pending: 0`, or were found empty by a consistent read, if nobody entered them for long.
   * Costs nothing for the others.
   */
  forgetLanes(lease: Lease, lanes: readonly ActiveLane[], nowMs: EpochMs): Promise<void>;
  /**
   * Replaces what is noted of these lanes, where the note says it. A lane that is not known is passed over, and so is one that a scheduler of a later
   * lease has written: it knows better. Nothing is thrown then.
   */
  noteLanes(lease: Lease, lanes: readonly LaneNote[]): Promise<void>;
  /** Replaces what is noted of places that lanes share, unless a scheduler of a later lease has. */
  noteRoom(lease: Lease, room: RoomNote): Promise<void>;
  /**
   * All leaves must be kept against `base` already (`rebased`, `replaceUses`). Subtracts what was held, corrects usage (`chargeForRelease`) and removes the notes. A note that was counted before
   * is passed over.
   */
  applyReleases(lease: Lease, releases: readonly LimitRelease[], base: UsageBase): Promise<void>;
  /**
   * Applies admissions (`dequeue`) and turns of parked jobs (`park` with a `hold`) together with the counters they take
   * and their charge (`chargeForStart`), and writes `launching` with them, in as few transactions as the limits of
   * DynamoDB allow. Answers the jobs that went through: one that changed meanwhile is left out. Their lanes note who of them
   * was `started`.
   */
  grant(lease: Lease, changes: readonly JobChange[], launching: readonly JobId[], base: UsageBase): Promise<readonly JobId[]>;
  /** Replaces the counters of these leaves: where they are wrong, or kept against another base. */
  replaceUses(lease: Lease, uses: readonly ShareUse[]): Promise<void>;
  /** Forgets leaves that hold nothing and whose usage is worth nothing any more: a leaf that is not known is just that. */
  forgetUses(lease: Lease, leaves: readonly LeafKey[]): Promise<void>;
  /**
   * Replaces the pending counts of these lanes, which were counted after `nowMs`: where they are wrong. Passes over a
   * lane that somebody entered in the minutes before, or since: a job may be on its way into it. Answers the lanes that
   * were replaced.
   */
  replacePending(lease: Lease, lanes: readonly LaneCount[], nowMs: EpochMs): Promise<readonly LaneCount[]>;
}

/** How many jobs wait in a namespace's queue, for whoever is about to submit one more. */
export interface PendingCounts {
  /**
   * Near `limit` as of now; what is far below it may be some seconds old, but for what was asked about here since. Two
   * that ask at the same moment hear the same.
   */
  pending(namespace: string, limit: number): Promise<number>;
}
