import type { Origin } from '../audit/origin.ts';
import type { EpochMs } from '../job/ids.ts';
import type { ShareTree, StoredShares, WrittenShares } from '../shares/share-tree.ts';
import type { Pause, PauseScope } from '../queue/pause.ts';
import type { Page } from './page.ts';

/** Something that somebody did that is in no job's history: who, when, to what, why. Never changed. */
export interface AuditEntry {
  /** Sorts by time. */
  readonly id: string;
  readonly atMs: EpochMs;
  readonly by: string;
  readonly action: 'SharesApplied' | 'Paused' | 'Resumed' | 'Recounted' | 'ManifestStored';
  /** What it was done to: `queue`, `namespace/physics`, `shares/7` for instance. */
  readonly target: string;
  readonly reason: string;
  /** Absent in entries of earlier releases. */
  readonly origin?: Origin;
}

export interface NewShares {
  readonly tree: ShareTree;
  readonly document: unknown;
  readonly appliedBy: string;
  readonly appliedAtMs: EpochMs;
  readonly comment?: string;
}

/** The share tree in its versions. What is written is on record in the same transaction. */
export interface ShareStore {
  /** Absent: nobody has applied one. May be a moment old unless `consistent`. */
  current(consistent?: boolean): Promise<StoredShares | undefined>;
  version(version: number): Promise<WrittenShares | undefined>;
  /**
   * Stores the next version. `expected` is the version that the caller saw, 0 for none.
   * @throws VersionConflictError when another was applied meanwhile.
   */
  apply(shares: NewShares, expected: number, audit: AuditEntry): Promise<StoredShares>;
}

/** What operators hold back. */
export interface PauseStore {
  pauses(): Promise<readonly Pause[]>;
  /** One of the queue or of a namespace ends the scheduler's lease, so that nothing is granted from then on by whoever has not seen it. */
  pause(pause: Pause, audit: AuditEntry): Promise<void>;
  /** Answers whether there was such a pause. */
  resume(scope: PauseScope, audit: AuditEntry): Promise<boolean>;
}

export interface AuditLog {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(limit: number, cursor?: string): Promise<Page<AuditEntry>>;
}
