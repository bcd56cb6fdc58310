import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add } from 'dynamodb-toolbox/entity/actions/update';
import { VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { Demand } from '../../../core/job/job.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import { leaseHeld } from './change-actions.ts';
import { MAX_ACTIONS, type Action, type OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';
import { leaseLost } from './scheduler-lease.ts';

/** Writes that belong together with what they add to, or take from, the counters of a namespace. */
export interface LedgerEntry<T> {
  readonly of: T;
  readonly namespace: string;
  readonly demand: Demand;
  /** 1: takes its demand; -1: gives it back; 0: leaves the counters alone. */
  readonly sign: 1 | -1 | 0;
  readonly actions: readonly Action[];
}

/**
 * The counters of what each namespace holds, written by the holder of the lease alone. Only leaves are stored: an inner
 * node of the share tree, and its root, is the sum of its leaves, so no counter is written by every transaction.
 */
export class LimitLedger {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  /**
   * Applies the entries, many to a transaction, each wholly or not at all, with one update per namespace. Answers those
   * that went through: an entry whose own conditions do not hold is left out.
   * @throws LeaseLostError when the lease is somebody else's; entries of earlier transactions have gone through then.
   */
  async apply<T>(lease: Lease, entries: readonly LedgerEntry<T>[]): Promise<readonly T[]> {
    const applied: T[] = [];
    for (const batch of batches(entries)) {
      // One after the other: they share counters and the lease.
      applied.push(...(await this.#applyBatch(lease, batch)));
    }
    return applied;
  }

  async #applyBatch<T>(lease: Lease, batch: readonly LedgerEntry<T>[]): Promise<readonly T[]> {
    let rest = batch;
    while (rest.length > 0) {
      const front = [leaseHeld(this.#table.entities, lease.epoch), ...this.#counters(rest)];
      try {
        await this.#table.transact([...front, ...rest.flatMap((entry) => entry.actions)]);
        return rest.map((entry) => entry.of);
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        if (error.failed.has(0)) throw leaseLost(lease, error);
        const kept = untouched(rest, front.length, error.failed);
        if (kept.length === rest.length) throw new VersionConflictError('The counters are being written by somebody else.', {}, { cause: error });
        rest = kept;
      }
    }
    return [];
  }

  #counters(entries: readonly LedgerEntry<unknown>[]): Action[] {
    const { share } = this.#table.entities;
    const moving = entries.filter((entry) => entry.sign !== 0);
    return [...Map.groupBy(moving, (entry) => entry.namespace)].map(([namespace, group]) => {
      const sum = (amount: (demand: Demand) => number): number => group.reduce((total, { sign, demand }) => total + sign * amount(demand), 0);
      return share.build(UpdateTransaction).item({
        namespace,
        runningJobs: $add(sum(() => 1)),
        nodes: $add(sum((demand) => demand.nodes)),
        microUsdPerHour: $add(sum((demand) => demand.microUsdPerHour)),
      });
    });
  }
}

/** The entries none of whose actions failed. `offset` is the position of the first entry's first action. */
function untouched<T>(entries: readonly LedgerEntry<T>[], offset: number, failed: ReadonlySet<number>): readonly LedgerEntry<T>[] {
  let position = offset;
  return entries.filter(({ actions }) => {
    const from = position;
    position += actions.length;
    return !actions.some((_, i) => failed.has(from + i));
  });
}

/** As many entries to a transaction as fit beside the lease and one counter per namespace, in their order. */
function batches<T>(entries: readonly LedgerEntry<T>[]): readonly (readonly LedgerEntry<T>[])[] {
  const result: LedgerEntry<T>[][] = [];
  let namespaces = new Set<string>();
  let size = MAX_ACTIONS;
  for (const entry of entries) {
    const cost = entry.actions.length + (namespaces.has(entry.namespace) ? 0 : 1);
    const last = result.at(-1);
    if (last !== undefined && size + cost <= MAX_ACTIONS) {
      last.push(entry);
      namespaces.add(entry.namespace);
      size += cost;
    } else {
      result.push([entry]);
      namespaces = new Set([entry.namespace]);
      size = 2 + entry.actions.length;
    }
  }
  return result;
}
