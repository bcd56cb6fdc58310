import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { $add, UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { LeaseLostError } from '../../../core/errors/orchestrator-error.ts';
import { epochMs, type EpochMs } from '../../../core/job/ids.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import { leaseHeld } from './change-actions.ts';
import { keys } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

/** What a scheduler hears whose epoch is over. */
export const leaseLost = (lease: Lease, cause: unknown): LeaseLostError =>
  new LeaseLostError('Another scheduler holds the lease.', { owner: lease.owner, epoch: lease.epoch }, { cause });

/**
 * One item that is never deleted, so that its epoch only grows. Giving it back ends it, and the epoch of whoever takes
 * it next is higher: what the one before still has in flight is refused.
 */
export class SchedulerLease {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async take(owner: string, nowMs: EpochMs, durationMs: number): Promise<Lease | undefined> {
    const { lease } = this.#table.entities;
    const expiresAtMs = epochMs(nowMs + durationMs);
    const over = { attr: 'expiresAtMs', lte: nowMs } as const;
    const taking = lease
      .build(UpdateItemCommand)
      .item({ ...keys.lease, owner, expiresAtMs, epoch: $add(1) })
      .options({ condition: { or: [{ attr: 'epoch', exists: false }, over] }, returnValues: 'ALL_NEW' });
    try {
      const { Attributes } = await this.#table.call(() => taking.send());
      return { owner, epoch: Attributes?.epoch ?? 0, expiresAtMs };
    } catch (error) {
      if (error instanceof TransactionRefused) return undefined;
      throw error;
    }
  }

  renew(lease: Lease, nowMs: EpochMs, durationMs: number): Promise<Lease> {
    return this.#setEnd(lease, epochMs(nowMs + durationMs));
  }

  /**
   * Whoever finds the lease taken sets the mark and leaves. The mark is read after the lease is free: one that was set
   * before is seen here, and whoever comes later finds the lease free.
   */
  async drop(lease: Lease): Promise<{ readonly dirty: boolean }> {
    await this.#setEnd(lease, epochMs(0));
    return { dirty: await this.#isDirty() };
  }

  async markDirty(): Promise<void> {
    await this.#table.call(() => this.#table.entities.dirty.build(PutItemCommand).item(keys.dirty).send());
  }

  async takeDirty(lease: Lease): Promise<boolean> {
    if (!(await this.#isDirty())) return false;
    const { entities } = this.#table;
    try {
      await this.#table.transact([leaseHeld(entities, lease.epoch), entities.dirty.build(DeleteTransaction).key(keys.dirty)]);
    } catch (error) {
      if (error instanceof TransactionRefused) throw leaseLost(lease, error);
      throw error;
    }
    return true;
  }

  async #setEnd(lease: Lease, expiresAtMs: EpochMs): Promise<Lease> {
    const update = this.#table.entities.lease
      .build(UpdateItemCommand)
      .item({ ...keys.lease, expiresAtMs })
      .options({ condition: { attr: 'epoch', eq: lease.epoch } });
    try {
      await this.#table.call(() => update.send());
    } catch (error) {
      if (error instanceof TransactionRefused) throw leaseLost(lease, error);
      throw error;
    }
    return { ...lease, expiresAtMs };
  }

  async #isDirty(): Promise<boolean> {
    const { dirty } = this.#table.entities;
    const { Item } = await this.#table.call(() => dirty.build(GetItemCommand).key(keys.dirty).options({ consistent: true }).send());
    return Item !== undefined;
  }
}
