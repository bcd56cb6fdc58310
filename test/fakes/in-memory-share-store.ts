import { VersionConflictError } from '../../core/errors/orchestrator-error.ts';
import type { AuditEntry, NewShares, ShareStore } from '../../core/ports/share-store.ts';
import type { StoredShares, WrittenShares } from '../../core/shares/share-tree.ts';
import { copy, InMemoryTable } from './in-memory-table.ts';

export class InMemoryShareStore implements ShareStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async current(): Promise<StoredShares | undefined> {
    return copy(this.#table.shareVersions.at(-1));
  }

  async version(version: number): Promise<WrittenShares | undefined> {
    const stored = this.#table.shareVersions[version - 1];
    if (stored === undefined) return undefined;
    const { tree: _tree, ...written } = copy(stored);
    return written;
  }

  async apply(shares: NewShares, expected: number, audit: AuditEntry): Promise<StoredShares> {
    const { shareVersions } = this.#table;
    if (shareVersions.length !== expected) throw new VersionConflictError('Other shares have been applied in the meantime.', { expected });
    const stored: StoredShares = { ...copy(shares), version: expected + 1 };
    shareVersions.push(stored);
    this.#table.audit.push(copy(audit));
    return copy(stored);
  }
}
