import type { PendingCounts } from '../../core/ports/scheduler-store.ts';
import { InMemoryTable } from './in-memory-table.ts';

/** Always as of now. */
export class InMemoryPendingCounts implements PendingCounts {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async pending(namespace: string): Promise<number> {
    return [...this.#table.lanes.values()].filter((lane) => lane.namespace === namespace).reduce((sum, { pending }) => sum + pending, 0);
  }
}
