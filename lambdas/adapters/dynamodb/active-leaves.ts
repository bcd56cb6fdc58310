import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

/** How long a touch by this process is relied on. */
const TOUCH_MS = 30 * 60_000;
/** How long a leaf stays known without a touch. */
const FORGET_MS = 2 * 60 * 60_000;

/** A namespace that has, or lately had, jobs in its queue. */
interface ActiveLeaf {
  readonly namespace: string;
  readonly touchedAtMs: number;
}

/**
 * Which namespaces the scheduler looks into. If the leaf's item were part of each submission's transaction, all
 * submissions to a namespace would stand in each other's way; so it is written before, by itself, and rarely.
 *
 * Why no queued job is ever overlooked: an entry is written by a process that touched the leaf itself at most
 * `TOUCH_MS` before it began, so at most that and one function's life (15 minutes) before the entry was there. The
 * scheduler forgets a leaf only if it found its queue empty, by a consistent read, and only if the item, at the moment
 * it is deleted, was last touched `FORGET_MS` or more before the cycle began. Take an entry that the read did not see.
 * If its touch was there at the deletion it was at most 45 minutes old, and the deletion was refused; if it came after,
 * it made the item anew. The hour and more between the two bounds is for clocks that differ and cycles that take long.
 */
export class ActiveLeaves {
  readonly #table: OrchestratorTable;
  readonly #touched = new Map<string, number>();

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  /** To be called before an entry is written into the queue of `namespace`. */
  async touch(namespace: string, nowMs: number): Promise<void> {
    const last = this.#touched.get(namespace);
    if (last !== undefined && Math.abs(nowMs - last) < TOUCH_MS) return;
    const { leaf } = this.#table.entities;
    await this.#table.call(() => leaf.build(PutItemCommand).item({ namespace, touchedAtMs: nowMs }).send());
    this.#touched.set(namespace, nowMs);
  }

  /** Forgets leaves whose queues were found empty, if they have not been touched for long. */
  async forget(empty: readonly ActiveLeaf[], nowMs: number): Promise<void> {
    const bound = nowMs - FORGET_MS;
    await Promise.all(empty.filter((leaf) => leaf.touchedAtMs <= bound).map((leaf) => this.#forgetOne(leaf.namespace, bound)));
  }

  async #forgetOne(namespace: string, bound: number): Promise<void> {
    const { leaf } = this.#table.entities;
    const removal = leaf.build(DeleteItemCommand).key({ namespace }).options({ condition: { attr: 'touchedAtMs', lte: bound } });
    try {
      await this.#table.call(() => removal.send());
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
    }
  }
}
