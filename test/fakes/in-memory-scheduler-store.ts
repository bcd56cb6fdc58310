import { LeaseLostError, VersionConflictError } from '../../core/errors/orchestrator-error.ts';
import { epochMs, type EpochMs, type JobId } from '../../core/job/ids.ts';
import type { JobChange, LimitRelease, QueueEntry } from '../../core/lifecycle/change.ts';
import type { Lease, SchedulerOverview, SchedulerStore } from '../../core/ports/scheduler-store.ts';
import type { LaneKey, LeafKey } from '../../core/queue/lane.ts';
import { byRank, rankTime } from '../../core/queue/order.ts';
import type { RoomNote } from '../../core/scheduling/room-note.ts';
import type { ActiveLane, LaneCount, LaneNote, LaneWindow, ShareUse, UsageBase } from '../../core/scheduling/snapshot.ts';
import { givenBackBy, plus, sumOfChanges, takenBy, type UseChange } from '../../core/scheduling/use-change.ts';
import type { CurrentShares, StoredShares } from '../../core/shares/share-tree.ts';
import { copy, InMemoryTable, laneKey, leafKey, noteKey } from './in-memory-table.ts';

/** How long a lane stays known that nobody enters. */
const FORGET_MS = 2 * 3_600_000;
/** How long an entry may be on its way into its lane. */
const ENTRY_MS = 5 * 60_000;

export class InMemorySchedulerStore implements SchedulerStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async takeLease(owner: string, nowMs: EpochMs, durationMs: number): Promise<Lease | undefined> {
    const { lease } = this.#table;
    if (lease.expiresAtMs > nowMs) return undefined;
    this.#table.lease = { ...lease, owner, epoch: lease.epoch + 1, expiresAtMs: epochMs(nowMs + durationMs) };
    this.#table.takenAtMs = nowMs;
    this.#table.dirty = false;
    return copy(this.#table.lease);
  }

  async renewLease(lease: Lease, nowMs: EpochMs, durationMs: number): Promise<Lease> {
    this.#mustHold(lease);
    this.#table.lease = { ...this.#table.lease, expiresAtMs: epochMs(nowMs + durationMs) };
    return copy(this.#table.lease);
  }

  async dropLease(lease: Lease): Promise<{ readonly dirty: boolean }> {
    this.#mustHold(lease);
    this.#table.lease = { ...this.#table.lease, expiresAtMs: epochMs(0) };
    return { dirty: this.#table.dirty };
  }

  async markDirty(): Promise<void> {
    this.#table.dirty = true;
  }

  async wake(nowMs: EpochMs): Promise<void> {
    this.#table.wokenAtMs = nowMs;
  }

  async launching(): Promise<readonly JobId[]> {
    return copy(this.#table.lease.launching);
  }

  async heldAt(nowMs: EpochMs): Promise<EpochMs | undefined> {
    const { lease, takenAtMs } = this.#table;
    return takenAtMs === undefined ? undefined : epochMs(Math.max(takenAtMs, Math.min(lease.expiresAtMs, nowMs)));
  }

  #mustHold(lease: Lease): void {
    const { owner, epoch } = lease;
    if (epoch !== this.#table.lease.epoch) throw new LeaseLostError('Another scheduler holds the lease.', { owner, epoch });
  }

  async overview(): Promise<SchedulerOverview> {
    const { uses, lanes, room, parked, releases, pauses, shareVersions } = this.#table;
    const current = shareVersions.at(-1);
    return copy({
      ...(current === undefined ? {} : { shares: inForce(current) }),
      uses: [...uses.values()].sort(byKey(leafKey)),
      lanes: [...lanes.values()].sort(byKey(laneKey)),
      ...(room === undefined ? {} : { room }),
      parked: [...parked.values()],
      releases: [...releases.values()].slice(0, 500),
      pauses: [...pauses.values()].filter(({ scope }) => scope.kind === 'queue' || scope.kind === 'namespace'),
    });
  }

  async window({ namespace, user, lane }: LaneKey, limit: number, after?: QueueEntry): Promise<LaneWindow> {
    const behind = this.#entries({ namespace, user, lane }).filter((entry) => after === undefined || byRank(after, entry) < 0);
    return copy({ namespace, user, lane, entries: behind.slice(0, limit), complete: behind.length < limit });
  }

  #entries(lane: LaneKey): readonly QueueEntry[] {
    return [...this.#table.queue.values()].filter((entry) => laneKey(entry) === laneKey(lane)).sort(byRank);
  }

  async queued({ jobId, priority, submittedAtMs }: QueueEntry): Promise<QueueEntry | undefined> {
    const entry = this.#table.queue.get(jobId);
    return entry?.priority === priority && entry.submittedAtMs === submittedAtMs ? copy(entry) : undefined;
  }

  async ahead(entry: QueueEntry, most: number): Promise<number> {
    return Math.min(most, this.#entries(entry).filter((other) => byRank(other, entry) < 0).length);
  }

  async forgetLanes(lease: Lease, lanes: readonly ActiveLane[], nowMs: EpochMs): Promise<void> {
    this.#mustHold(lease);
    for (const lane of lanes) {
      const known = this.#table.lanes.get(laneKey(lane));
      if (known !== undefined && known.enteredAtMs <= nowMs - FORGET_MS) this.#table.lanes.delete(laneKey(lane));
    }
  }

  async noteLanes({ epoch }: Lease, lanes: readonly LaneNote[]): Promise<void> {
    if (epoch !== this.#table.lease.epoch) return;
    for (const note of lanes) {
      const known = this.#table.lanes.get(laneKey(note));
      if (known === undefined) continue;
      const { heldSince, reasons, ...lane } = { ...known, ...copy(note) };
      this.#table.lanes.set(laneKey(note), { ...lane, ...(isNothing(heldSince) ? {} : { heldSince }), ...(isNothing(reasons) ? {} : { reasons }) });
    }
  }

  async noteRoom({ epoch }: Lease, room: RoomNote): Promise<void> {
    if (epoch === this.#table.lease.epoch) this.#table.room = copy(room);
  }

  async applyReleases(lease: Lease, releases: readonly LimitRelease[], base: UsageBase): Promise<void> {
    this.#mustHold(lease);
    for (const note of releases) {
      if (this.#table.releases.delete(noteKey(note))) this.#count(note, base, [givenBackBy(note, base)]);
    }
  }

  async grant(lease: Lease, changes: readonly JobChange[], launching: readonly JobId[], base: UsageBase): Promise<readonly JobId[]> {
    this.#mustHold(lease);
    this.#table.lease = { ...this.#table.lease, launching: copy(launching) };
    const granted = changes.filter((change) => this.#grantOne(change, base));
    const atMs = epochMs(Math.max(0, ...granted.map(({ after }) => after.updatedAtMs)));
    const started = Map.groupBy(granted.flatMap(({ dequeue }) => dequeue ?? []), laneKey);
    for (const [key, entries] of started) {
      const lane = this.#table.lanes.get(key);
      if (lane !== undefined) this.#table.lanes.set(key, { ...lane, started: { atMs, rank: Math.min(...entries.map(rankTime)) } });
    }
    return granted.map((change) => change.before.jobId);
  }

  #grantOne(change: JobChange, base: UsageBase): boolean {
    try {
      this.#table.apply(change);
    } catch (error) {
      if (error instanceof VersionConflictError) return false;
      throw error;
    }
    if (change.dequeue !== undefined) this.#table.leaveLane(change.dequeue);
    this.#count(change.after, base, [takenBy(change, base)]);
    return true;
  }

  /** One leaf's counters. */
  #count({ namespace, user }: LeafKey, base: UsageBase, changes: readonly UseChange[]): void {
    const key = leafKey({ namespace, user });
    const held = this.#table.uses.get(key) ?? { namespace, user, ...sumOfChanges([]) };
    this.#table.uses.set(key, { ...changes.reduce(plus, held), namespace, user, ...base });
  }

  async replaceUses(lease: Lease, uses: readonly ShareUse[]): Promise<void> {
    this.#mustHold(lease);
    for (const use of uses) this.#table.uses.set(leafKey(use), { ...copy(use), usage: Math.round(use.usage) });
  }

  async forgetUses(lease: Lease, leaves: readonly LeafKey[]): Promise<void> {
    this.#mustHold(lease);
    for (const { namespace, user } of leaves) this.#table.uses.delete(leafKey({ namespace, user }));
  }

  async replacePending(lease: Lease, lanes: readonly LaneCount[], nowMs: EpochMs): Promise<readonly LaneCount[]> {
    this.#mustHold(lease);
    return lanes.filter(({ namespace, user, lane, pending }) => {
      const known = this.#table.lanes.get(laneKey({ namespace, user, lane }));
      if (known !== undefined && known.enteredAtMs > nowMs - ENTRY_MS) return false;
      this.#table.lanes.set(laneKey({ namespace, user, lane }), { ...known, namespace, user, lane, pending, enteredAtMs: known?.enteredAtMs ?? nowMs });
      return true;
    });
  }
}

const isNothing = (note: object | undefined): note is undefined => note === undefined || Object.keys(note).length === 0;

const inForce = ({ document: _document, ...shares }: StoredShares): CurrentShares => shares;

const byKey = <T>(key: (item: T) => string) => (a: T, b: T): number => (key(a) < key(b) ? -1 : 1);
