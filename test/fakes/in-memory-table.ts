import type { LaunchRecord } from '../../core/capacity/gang.ts';
import type { Cooldown } from '../../core/capacity/offering.ts';
import { VersionConflictError } from '../../core/errors/orchestrator-error.ts';
import { epochMs, type EpochMs, type JobId } from '../../core/job/ids.ts';
import type { Attempt, Hold, Job, JobEvent, Node } from '../../core/job/job.ts';
import type { JobChange, LimitRelease, ParkedEntry, QueueEntry } from '../../core/lifecycle/change.ts';
import type { StepRecord, Wait } from '../../core/lifecycle/wait.ts';
import type { Page } from '../../core/ports/page.ts';
import type { ManifestVersion } from '../../core/ports/manifest-store.ts';
import type { Lease } from '../../core/ports/scheduler-store.ts';
import type { AuditEntry } from '../../core/ports/share-store.ts';
import type { LaneKey, LeafKey } from '../../core/queue/lane.ts';
import type { Pause } from '../../core/queue/pause.ts';
import type { RoomNote } from '../../core/scheduling/room-note.ts';
import type { ActiveLane, ShareUse } from '../../core/scheduling/snapshot.ts';
import type { StoredShares } from '../../core/shares/share-tree.ts';
import { encodeCursor } from '../../lambdas/adapters/dynamodb/cursor.ts';

/** A copy, so that nobody changes what is stored by changing what was given or read. */
export const copy = <T>(value: T): T => structuredClone(value);

export const attemptKey = (jobId: JobId, attempt: number): string => `${jobId}/${attempt}`;
export const leafKey = ({ namespace, user }: LeafKey): string => `${namespace}#${user}`;
export const laneKey = (lane: LaneKey): string => `${leafKey(lane)}#${lane.lane}`;
export const noteKey = ({ jobId, attempt, cause }: LimitRelease): string => `${jobId}/${attempt}/${cause}`;

/** What the in-memory stores share, as the Dynamo stores share a table. */
export class InMemoryTable {
  readonly jobs = new Map<JobId, Job>();
  readonly scripts = new Map<JobId, string>();
  readonly events = new Map<JobId, readonly JobEvent[]>();
  readonly attempts = new Map<string, Attempt>();
  readonly launches = new Map<string, readonly LaunchRecord[]>();
  readonly nodes = new Map<string, readonly Node[]>();
  readonly steps = new Map<string, StepRecord>();
  readonly waits = new Map<JobId, Wait>();
  readonly notes = new Set<string>();
  readonly queue = new Map<JobId, QueueEntry>();
  readonly parked = new Map<JobId, ParkedEntry>();
  readonly releases = new Map<string, LimitRelease>();
  readonly uses = new Map<string, ShareUse>();
  readonly lanes = new Map<string, ActiveLane>();
  room: RoomNote | undefined;
  readonly cooldowns = new Map<string, Cooldown>();
  readonly manifests = new Map<string, readonly ManifestVersion[]>();
  /** The last one is in force. */
  readonly shareVersions: StoredShares[] = [];
  /** By scope, of all kinds; those of markets and offerings are among the cooldowns too. */
  readonly pauses = new Map<string, Pause>();
  readonly audit: AuditEntry[] = [];
  readonly idempotency = new Map<string, { readonly requestDigest: string; readonly jobId: JobId; readonly expiresAtMs: number }>();
  lease: Lease = { owner: '', epoch: 0, expiresAtMs: epochMs(0), launching: [] };
  dirty = false;
  /** When the stream last told the scheduler to go on. */
  wokenAtMs: EpochMs | undefined;
  /** When the lease was taken last. */
  takenAtMs: EpochMs | undefined;

  /** All of a change or nothing of it. */
  apply(change: JobChange): void {
    this.#check(change);
    const { before, after, attempt, newHold, enqueue, dequeue, park, release } = copy(change);
    const { jobId } = before;
    this.jobs.set(jobId, after);
    this.append(change.events);
    if (attempt !== undefined) this.attempts.set(attemptKey(jobId, attempt.attempt), attempt);
    if (newHold !== undefined) this.#hold(attemptKey(jobId, after.attempt), newHold);
    if (dequeue !== undefined) this.queue.delete(jobId);
    if (enqueue !== undefined) this.queue.set(jobId, enqueue);
    if (change.unpark === true) this.parked.delete(jobId);
    if (park !== undefined) this.parked.set(jobId, park);
    if (release !== undefined) this.releases.set(noteKey(release), release);
  }

  #hold(key: string, hold: Hold): void {
    const attempt = this.attempts.get(key);
    if (attempt !== undefined) this.attempts.set(key, { ...attempt, hold });
  }

  #check({ before, events, enqueue, dequeue }: JobChange): void {
    const { jobId, revision } = before;
    const queued = this.queue.get(jobId);
    const isThere = dequeue !== undefined && queued?.priority === dequeue.priority && queued.submittedAtMs === dequeue.submittedAtMs;
    const numbers = new Set(this.events.get(jobId)?.map((event) => event.number));
    const holds =
      this.jobs.get(jobId)?.revision === revision &&
      (dequeue === undefined || isThere) &&
      (enqueue === undefined || dequeue !== undefined || queued === undefined) &&
      !events.some((event) => numbers.has(event.number));
    if (!holds) throw new VersionConflictError('The job has changed in the meantime.', { jobId, revision });
  }

  /** To be called before an entry is written into the lane. */
  enterLane({ namespace, user, lane }: LaneKey, nowMs: EpochMs): void {
    const key = laneKey({ namespace, user, lane });
    this.lanes.set(key, { ...this.lanes.get(key), namespace, user, lane, pending: (this.lanes.get(key)?.pending ?? 0) + 1, enteredAtMs: nowMs });
  }

  /** To be called before an entry is moved within the lane. */
  moveInLane(moved: LaneKey, nowMs: EpochMs): void {
    const lane = this.lanes.get(laneKey(moved));
    if (lane !== undefined) this.lanes.set(laneKey(moved), { ...lane, enteredAtMs: nowMs });
  }

  /** To be called after an entry has left the lane, or was not written. */
  leaveLane(left: LaneKey): void {
    const lane = this.lanes.get(laneKey(left));
    if (lane !== undefined) this.lanes.set(laneKey(left), { ...lane, pending: lane.pending - 1 });
  }

  append(events: readonly JobEvent[]): void {
    for (const event of copy(events)) {
      const history = [...(this.events.get(event.jobId) ?? []), event];
      this.events.set(event.jobId, history.sort((a, b) => a.number - b.number));
    }
  }
}

/** The first `limit` of `rest`, with a cursor if there are more. */
export function page<T>(rest: readonly T[], limit: number, position: (item: T) => string): Page<T> {
  const items = copy(rest.slice(0, limit));
  const last = items.at(-1);
  return rest.length > limit && last !== undefined ? { items, cursor: encodeCursor(position(last)) } : { items };
}
