import type { EpochMs } from '../../core/job/ids.ts';
import type { Deadline } from '../../core/lifecycle/change.ts';
import type { DeadlineStore } from '../../core/ports/job-store.ts';
import { copy, deadlineKey, InMemoryTable } from './in-memory-table.ts';

export class InMemoryDeadlineStore implements DeadlineStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async due(nowMs: EpochMs): Promise<readonly Deadline[]> {
    const due = [...this.#table.deadlines.values()].filter((deadline) => deadline.atMs <= nowMs);
    return copy(due.sort((a, b) => a.atMs - b.atMs));
  }

  async settle(deadlines: readonly Deadline[]): Promise<void> {
    for (const deadline of deadlines) this.#table.deadlines.delete(deadlineKey(deadline));
  }
}
