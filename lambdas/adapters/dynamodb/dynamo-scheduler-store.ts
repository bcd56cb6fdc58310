import { EntityFormatter } from 'dynamodb-toolbox/entity/actions/format';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { EpochMs, JobId } from '../../../core/job/ids.ts';
import type { JobChange, LimitRelease, QueueEntry } from '../../../core/lifecycle/change.ts';
import type { Lease, SchedulerStore, WaitingReport } from '../../../core/ports/scheduler-store.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import type { QueueSnapshot, ShareUse } from '../../../core/scheduling/plan-cycle.ts';
import { ActiveLeaves } from './active-leaves.ts';
import { changeActions, leaseHeld } from './change-actions.ts';
import { keys, partitions, queuePartition, sortPrefixes } from './keys.ts';
import { LimitLedger } from './limit-ledger.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';
import { leaseLost, SchedulerLease } from './scheduler-lease.ts';

const everything = { consistent: true, maxPages: Number.POSITIVE_INFINITY } as const;

/** The scheduler's side of the table. */
export class DynamoSchedulerStore implements SchedulerStore {
  readonly #table: OrchestratorTable;
  readonly #lease: SchedulerLease;
  readonly #ledger: LimitLedger;
  readonly #leaves: ActiveLeaves;

  constructor(table: OrchestratorTable) {
    this.#table = table;
    this.#lease = new SchedulerLease(table);
    this.#ledger = new LimitLedger(table);
    this.#leaves = new ActiveLeaves(table);
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

  async snapshot(depth: number, nowMs: EpochMs): Promise<QueueSnapshot> {
    const { leaves, uses, parked } = await this.#cycleItems();
    const read = await Promise.all(leaves.map(async (leaf) => ({ leaf, entries: await this.#queue(leaf.namespace, depth) })));
    await this.#leaves.forget(read.filter(({ entries }) => entries.length === 0).map(({ leaf }) => leaf), nowMs);
    const queues = read.filter(({ entries }) => entries.length > 0).map(({ leaf, entries }) => ({ namespace: leaf.namespace, entries }));
    return { uses, queues, parked };
  }

  /** All in one read: there are few of each, and a read is charged by the 4 KiB. */
  async #cycleItems() {
    const { leaf, share, parked } = this.#table.entities;
    const query = this.#table.table.build(QueryCommand).query({ partition: partitions.cycle });
    const { Items = [] } = await this.#table.call(() => query.options(everything).send());
    const having = (prefix: string) => Items.filter((item) => String(item[tableLayout.sortKey]).startsWith(prefix));
    return {
      leaves: having(sortPrefixes.leaf).map((item) => leaf.build(EntityFormatter).format(item)),
      uses: having(sortPrefixes.share).map((item) => share.build(EntityFormatter).format(item)),
      parked: having(sortPrefixes.parked).map((item) => parked.build(EntityFormatter).format(item)),
    };
  }

  async #queue(namespace: string, depth: number): Promise<readonly QueueEntry[]> {
    const query = this.#table.table.build(QueryCommand).entities(this.#table.entities.queued).query({ partition: queuePartition(namespace) });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, limit: depth }).send());
    return Items;
  }

  async uses(): Promise<readonly ShareUse[]> {
    const query = this.#table.table.build(QueryCommand).entities(this.#table.entities.share).query({ partition: partitions.cycle, range: { beginsWith: sortPrefixes.share } });
    const { Items = [] } = await this.#table.call(() => query.options(everything).send());
    return Items;
  }

  async releases(limit: number): Promise<readonly LimitRelease[]> {
    const query = this.#table.table.build(QueryCommand).entities(this.#table.entities.release).query({ partition: partitions.releases });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, limit }).send());
    return Items;
  }

  async applyReleases(lease: Lease, releases: readonly LimitRelease[]): Promise<void> {
    const { release } = this.#table.entities;
    await this.#ledger.apply(
      lease,
      releases.map((note) => ({
        of: note,
        namespace: note.namespace,
        demand: note.demand,
        sign: -1 as const,
        // The note is there or it was counted before: never twice.
        actions: [release.build(DeleteTransaction).key(note).options({ condition: { attr: 'demand', exists: true } })],
      })),
    );
  }

  async grant(lease: Lease, changes: readonly JobChange[]): Promise<readonly JobId[]> {
    return this.#ledger.apply(
      lease,
      changes.map((change) => ({
        of: change.before.jobId,
        namespace: change.after.namespace,
        demand: change.after.demand,
        sign: change.after.holdsLimits && !change.before.holdsLimits ? (1 as const) : (0 as const),
        actions: changeActions(this.#table.entities, change),
      })),
    );
  }

  async reportWaiting(lease: Lease, report: WaitingReport): Promise<void> {
    const { entities } = this.#table;
    try {
      await this.#table.transact([leaseHeld(entities, lease.epoch), entities.waiting.build(PutTransaction).item({ ...keys.waiting, report })]);
    } catch (error) {
      if (error instanceof TransactionRefused) throw leaseLost(lease, error);
      throw error;
    }
  }

  async waitingReport(): Promise<WaitingReport | undefined> {
    const { waiting } = this.#table.entities;
    const { Item } = await this.#table.call(() => waiting.build(GetItemCommand).key(keys.waiting).send());
    return Item?.report;
  }
}
