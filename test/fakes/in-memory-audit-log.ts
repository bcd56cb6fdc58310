import type { Page } from '../../core/ports/page.ts';
import type { AuditEntry, AuditLog } from '../../core/ports/share-store.ts';
import { decodeCursor, positions } from '../../lambdas/adapters/dynamodb/cursor.ts';
import { copy, InMemoryTable, page } from './in-memory-table.ts';

export class InMemoryAuditLog implements AuditLog {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async record(entry: AuditEntry): Promise<void> {
    this.#table.audit.push(copy(entry));
  }

  async list(limit: number, cursor?: string): Promise<Page<AuditEntry>> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, positions.audit);
    const newestFirst = this.#table.audit.toSorted((a, b) => (a.id < b.id ? 1 : -1));
    return page(newestFirst.filter(({ id }) => before === undefined || id < before), limit, ({ id }) => id);
  }
}
