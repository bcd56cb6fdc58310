import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add } from 'dynamodb-toolbox/entity/actions/update';
import { VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import type { LeafKey } from '../../../core/queue/lane.ts';
import { entriesOf } from '../../../core/scheduling/quota-state.ts';
import type { UsageBase } from '../../../core/scheduling/snapshot.ts';
import { sumOfChanges, type UseChange } from '../../../core/scheduling/use-change.ts';
import { keys } from './keys.ts';
import { MAX_ACTIONS, type Action, type OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';
import { leaseLost } from './scheduler-lease.ts';

/** Writes that belong together with what they add to the counters of a leaf. */
export interface LedgerEntry<T> {
  readonly of: T;
  readonly leaf: LeafKey;
  readonly change: UseChange;
  readonly actions: readonly Action[];
}

/**
 * The counters of what each leaf share holds, written by the holder of the lease alone. Only leaves are stored: an inner
 * node of the share tree, and its root, is the sum of its leaves, so no counter is written by every transaction.
 */
export class LimitLedger {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  /**
   * Applies the entries, many to a transaction, each wholly or not at all, with one update per leaf. Yields after each
   * transaction those that went through: an entry whose own conditions do not hold is left out.
   *
   * @param isHeld stands in each transaction and says that the lease is still the caller's.
   * @param base what all leaves' usage is kept against.
   * @throws LeaseLostError when the lease is somebody else's.
   * @throws VersionConflictError when others go on writing the lease or the counters at the same time.
   */
  async *apply<T>(lease: Lease, isHeld: Action, base: UsageBase, entries: readonly LedgerEntry<T>[]): AsyncGenerator<readonly T[]> {
    for (const batch of batches(entries)) {
      // One after the other: they share counters and the lease.
      yield await this.#applyBatch(lease, isHeld, base, batch);
    }
  }

  async #applyBatch<T>(lease: Lease, isHeld: Action, base: UsageBase, batch: readonly LedgerEntry<T>[]): Promise<readonly T[]> {
    let rest = batch;
    while (rest.length > 0) {
      const front = [isHeld, ...this.#counters(rest, base)];
      try {
        await this.#table.transact([...front, ...rest.flatMap((entry) => entry.actions)]);
        return rest.map((entry) => entry.of);
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        if (error.isUnmet(0)) throw leaseLost(lease, error);
        const kept = untouched(rest, front.length, error.failed);
        if (kept.length === rest.length) throw new VersionConflictError('The counters are being written by somebody else.', {}, { cause: error });
        rest = kept;
      }
    }
    return [];
  }

  #counters(entries: readonly LedgerEntry<unknown>[], { landmarkMs, halfLifeMs }: UsageBase): Action[] {
    const { share } = this.#table.entities;
    const leaves = Map.groupBy(entries, ({ leaf }) => keys.share(leaf).sk);
    return [...leaves.values()].map((group) => {
      const { runningJobs, nodes, vcpus, gpus, microUsdPerHour, usage, quotas } = sumOfChanges(group.map(({ change }) => change));
      const { namespace = '', user = '' } = group[0]?.leaf ?? {};
      return share.build(UpdateTransaction).item({
        namespace, user, landmarkMs, halfLifeMs,
        runningJobs: $add(runningJobs), nodes: $add(nodes), vcpus: $add(vcpus), gpus: $add(gpus),
        microUsdPerHour: $add(microUsdPerHour), usage: $add(usage),
        ...Object.fromEntries(entriesOf(quotas).map(([key, amount]) => [key, $add(amount)])),
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

/** As many entries to a transaction as fit beside the lease and one counter per leaf, in their order. */
function batches<T>(entries: readonly LedgerEntry<T>[]): readonly (readonly LedgerEntry<T>[])[] {
  const result: LedgerEntry<T>[][] = [];
  let leaves = new Set<string>();
  let size = MAX_ACTIONS;
  for (const entry of entries) {
    const leaf = keys.share(entry.leaf).sk;
    const cost = entry.actions.length + (leaves.has(leaf) ? 0 : 1);
    const last = result.at(-1);
    if (last !== undefined && size + cost <= MAX_ACTIONS) {
      last.push(entry);
      leaves.add(leaf);
      size += cost;
    } else {
      result.push([entry]);
      leaves = new Set([leaf]);
      size = 2 + entry.actions.length;
    }
  }
  return result;
}
