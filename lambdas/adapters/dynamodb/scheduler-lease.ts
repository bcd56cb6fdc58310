import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { $add, UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { LeaseLostError } from '../../../core/errors/orchestrator-error.ts';
import { epochMs, type EpochMs, type JobId } from '../../../core/job/ids.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
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
      .item({ ...keys.lease, owner, expiresAtMs, takenAtMs: nowMs, epoch: $add(1), dirty: false })
      .options({ condition: { or: [{ attr: 'epoch', exists: false }, over] }, returnValues: 'ALL_NEW' });
    try {
      const { Attributes } = await this.#table.call(() => taking.send());
      return { owner, epoch: Attributes?.epoch ?? 0, expiresAtMs, launching: Attributes?.launching ?? [] };
    } catch (error) {
      if (error instanceof TransactionRefused) return undefined;
      throw error;
    }
  }

  async renew(lease: Lease, nowMs: EpochMs, durationMs: number): Promise<Lease> {
    const expiresAtMs = epochMs(nowMs + durationMs);
    const { launching } = await this.#setEnd(lease, expiresAtMs);
    return { ...lease, expiresAtMs, launching };
  }

  /**
   * Whoever finds the lease taken sets the mark and tries once more. The mark stands in the lease's own item: one that was
   * set before the lease was given back is seen here, and whoever comes later finds the lease free.
   */
  async drop(lease: Lease): Promise<{ readonly dirty: boolean }> {
    const { dirty } = await this.#setEnd(lease, epochMs(0));
    return { dirty };
  }

  async launching(): Promise<readonly JobId[]> {
    const { lease } = this.#table.entities;
    const { Item } = await this.#table.call(() => lease.build(GetItemCommand).key(keys.lease).send());
    return Item?.launching ?? [];
  }

  /** Whoever gives it back ends it, and leaves when it was taken; whose time is over without that held it until then. */
  async heldAt(nowMs: EpochMs): Promise<EpochMs | undefined> {
    const { lease } = this.#table.entities;
    const { Item } = await this.#table.call(() => lease.build(GetItemCommand).key(keys.lease).options({ consistent: true }).send());
    return Item === undefined ? undefined : epochMs(Math.max(Item.takenAtMs ?? 0, Math.min(Item.expiresAtMs, nowMs)));
  }

  async markDirty(): Promise<void> {
    const { lease } = this.#table.entities;
    await this.#table.call(() => lease.build(UpdateItemCommand).item({ ...keys.lease, dirty: true }).send());
  }

  /** An item that says nothing but that it changed: the stream tells the scheduler. */
  async wake(nowMs: EpochMs): Promise<void> {
    const { wake } = this.#table.entities;
    await this.#table.call(() => wake.build(PutItemCommand).item({ ...keys.wake, atMs: nowMs }).send());
  }

  /** Answers what else the item holds. */
  async #setEnd(lease: Lease, expiresAtMs: EpochMs): Promise<{ readonly dirty: boolean; readonly launching: readonly JobId[] }> {
    const update = this.#table.entities.lease
      .build(UpdateItemCommand)
      .item({ ...keys.lease, expiresAtMs })
      .options({ condition: { attr: 'epoch', eq: lease.epoch }, returnValues: 'ALL_NEW' });
    try {
      const { Attributes } = await this.#table.call(() => update.send());
      return { dirty: Attributes?.dirty === true, launching: Attributes?.launching ?? [] };
    } catch (error) {
      if (error instanceof TransactionRefused) throw leaseLost(lease, error);
      throw error;
    }
  }
}
