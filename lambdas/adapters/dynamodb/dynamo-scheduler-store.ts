import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { epochMs, type EpochMs, type JobId } from '../../../core/job/ids.ts';
import type { JobChange, LimitRelease, QueueEntry } from '../../../core/lifecycle/change.ts';
import type { Lease, SchedulerOverview, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { LaneKey, LeafKey } from '../../../core/queue/lane.ts';
import type { RoomNote } from '../../../core/scheduling/room-note.ts';
import type { ActiveLane, LaneCount, LaneNote, LaneWindow, ShareUse, UsageBase } from '../../../core/scheduling/snapshot.ts';
import { givenBackBy, takenBy } from '../../../core/scheduling/use-change.ts';
import { changeActions, leaseHeld, leaseHeldBy } from './change-actions.ts';
import { CycleReader } from './cycle-reader.ts';
import { keys, queuePartition } from './keys.ts';
import { LaneCounts } from './lane-counts.ts';
import { LimitLedger } from './limit-ledger.ts';
import { MAX_ACTIONS, type Action, type OrchestratorTable } from './orchestrator-table.ts';
import { useItem } from './queue-entities.ts';
import { TransactionRefused } from './refusals.ts';
import { leaseLost, SchedulerLease } from './scheduler-lease.ts';

/** The scheduler's side of the table. */
export class DynamoSchedulerStore implements SchedulerStore {
  readonly #table: OrchestratorTable;
  readonly #lease: SchedulerLease;
  readonly #cycle: CycleReader;
  readonly #ledger: LimitLedger;
  readonly #lanes: LaneCounts;

  constructor(table: OrchestratorTable) {
    this.#table = table;
    this.#lease = new SchedulerLease(table);
    this.#cycle = new CycleReader(table);
    this.#ledger = new LimitLedger(table);
    this.#lanes = new LaneCounts(table);
  }

  takeLease(owner: string, nowMs: EpochMs, durationMs: number): Promise<Lease | undefined> {
    return this.#lease.take(owner, nowMs, durationMs);
  }

  renewLease(lease: Lease, nowMs: EpochMs, durationMs: number): Promise<Lease> {
    return this.#lease.renew(lease, nowMs, durationMs);
  }

  dropLease(lease: Lease): Promise<{ readonly dirty: boolean }> {
    return this.#lease.drop(lease);
  }

  markDirty(): Promise<void> {
    return this.#lease.markDirty();
  }

  wake(nowMs: EpochMs): Promise<void> {
    return this.#lease.wake(nowMs);
  }

  launching(): Promise<readonly JobId[]> {
    return this.#lease.launching();
  }

  heldAt(nowMs: EpochMs): Promise<EpochMs | undefined> {
    return this.#lease.heldAt(nowMs);
  }

  overview(): Promise<SchedulerOverview> {
    return this.#cycle.read();
  }

  async window({ namespace, user, lane }: LaneKey, limit: number, after?: QueueEntry): Promise<LaneWindow> {
    const { table, entities } = this.#table;
    const partition = queuePartition({ namespace, user, lane });
    const behind = after === undefined ? {} : { range: { gt: keys.queued(after).sk } };
    const query = table.build(QueryCommand).entities(entities.queued).query({ partition, ...behind });
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => query.options({ consistent: true, limit }).send());
    return { namespace, user, lane, entries: Items, complete: LastEvaluatedKey === undefined };
  }

  async queued(entry: QueueEntry): Promise<QueueEntry | undefined> {
    const { Item } = await this.#table.call(() => this.#table.entities.queued.build(GetItemCommand).key(entry).send());
    return Item;
  }

  async ahead(entry: QueueEntry, most: number): Promise<number> {
    const { pk, sk } = keys.queued(entry);
    const query = this.#table.table.build(QueryCommand).query({ partition: pk, range: { lt: sk } });
    let count = 0;
    let exclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const start = exclusiveStartKey === undefined ? {} : { exclusiveStartKey };
      const page = await this.#table.call(() => query.options({ select: 'COUNT', limit: most - count, ...start }).send());
      count += page.Count ?? 0;
      exclusiveStartKey = page.LastEvaluatedKey;
    } while (exclusiveStartKey !== undefined && count < most);
    return count;
  }

  forgetLanes(lease: Lease, lanes: readonly ActiveLane[], nowMs: EpochMs): Promise<void> {
    return this.#lanes.forget(lease, lanes, nowMs);
  }

  noteLanes(lease: Lease, lanes: readonly LaneNote[]): Promise<void> {
    return this.#lanes.note(lease, lanes);
  }

  noteRoom(lease: Lease, room: RoomNote): Promise<void> {
    return this.#lanes.noteRoom(lease, room);
  }

  async applyReleases(lease: Lease, releases: readonly LimitRelease[], base: UsageBase): Promise<void> {
    const { entities } = this.#table;
    const entries = releases.map((note) => ({
      of: note,
      leaf: note,
      change: givenBackBy(note, base),
      // The note is there or it was counted before: never twice.
      actions: [entities.release.build(DeleteTransaction).key(note).options({ condition: { attr: 'hold', exists: true } })],
    }));
    await Array.fromAsync(this.#ledger.apply(lease, leaseHeld(entities, lease.epoch), base, entries));
  }

  async grant(lease: Lease, changes: readonly JobChange[], launching: readonly JobId[], base: UsageBase): Promise<readonly JobId[]> {
    const { entities } = this.#table;
    const entries = changes.map((change) => ({ of: change, leaf: change.after, change: takenBy(change, base), actions: changeActions(entities, change) }));
    const granted: JobChange[] = [];
    try {
      for await (const batch of this.#ledger.apply(lease, leaseHeldBy(entities, lease.epoch, launching), base, entries)) granted.push(...batch);
    } finally {
      const startedAtMs = epochMs(granted.reduce((latest, { after }) => Math.max(latest, after.updatedAtMs), 0));
      await this.#lanes.granted(lease, granted.flatMap(({ dequeue }) => (dequeue === undefined ? [] : [dequeue])), startedAtMs);
    }
    return granted.map(({ before }) => before.jobId);
  }

  async replaceUses(lease: Lease, uses: readonly ShareUse[]): Promise<void> {
    const { share } = this.#table.entities;
    // Whole, as all that is added to it later.
    await this.#write(lease, uses.map((use) => share.build(PutTransaction).item(useItem({ ...use, usage: Math.round(use.usage) }))));
  }

  async forgetUses(lease: Lease, leaves: readonly LeafKey[]): Promise<void> {
    const { share } = this.#table.entities;
    await this.#write(lease, leaves.map(({ namespace, user }) => share.build(DeleteTransaction).key({ namespace, user })));
  }

  /** As many actions as there are, and only under this lease. */
  async #write(lease: Lease, actions: readonly Action[]): Promise<void> {
    for (let from = 0; from < actions.length; from += MAX_ACTIONS - 1) {
      try {
        await this.#table.transact([leaseHeld(this.#table.entities, lease.epoch), ...actions.slice(from, from + MAX_ACTIONS - 1)]);
      } catch (error) {
        if (error instanceof TransactionRefused && error.isUnmet(0)) throw leaseLost(lease, error);
        throw error;
      }
    }
  }

  replacePending(lease: Lease, lanes: readonly LaneCount[], nowMs: EpochMs): Promise<readonly LaneCount[]> {
    return this.#lanes.replace(lease, lanes, nowMs);
  }
}
