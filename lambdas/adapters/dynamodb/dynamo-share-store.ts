import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { AuditEntry, NewShares, ShareStore } from '../../../core/ports/share-store.ts';
import type { StoredShares, WrittenShares } from '../../../core/shares/share-tree.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';
import { shareKeys } from './share-entities.ts';

/** Share trees in DynamoDB: an item a version, and one with the tree in force where each cycle of the scheduler reads it. */
export class DynamoShareStore implements ShareStore {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async current(consistent = false): Promise<StoredShares | undefined> {
    const { currentShares } = this.#table.entities;
    const { Item } = await this.#table.call(() => currentShares.build(GetItemCommand).key(shareKeys.current).options({ consistent }).send());
    if (Item === undefined) return undefined;
    const written = await this.version(Item.version);
    return written === undefined ? undefined : { ...written, ...Item.shares };
  }

  async version(version: number): Promise<WrittenShares | undefined> {
    // A version never changes, so whatever a read finds is right; only one that finds nothing may have come too early.
    return (await this.#read(version, false)) ?? this.#read(version, true);
  }

  async #read(version: number, consistent: boolean): Promise<WrittenShares | undefined> {
    const get = this.#table.entities.sharesVersion.build(GetItemCommand).key({ version }).options({ consistent });
    const { Item } = await this.#table.call(() => get.send());
    return Item?.shares;
  }

  async apply(shares: NewShares, expected: number, audit: AuditEntry): Promise<StoredShares> {
    const { currentShares, sharesVersion, audit: audits } = this.#table.entities;
    const stored: StoredShares = { ...shares, version: expected + 1 };
    const { version, tree, document, ...author } = stored;
    const unchanged = expected === 0 ? { attr: 'version', exists: false } as const : { attr: 'version', eq: expected } as const;
    try {
      await this.#table.transact([
        currentShares.build(PutTransaction).item({ ...shareKeys.current, version, shares: { version, tree, ...author } }).options({ condition: unchanged }),
        sharesVersion.build(PutTransaction).item({ version, shares: { version, document, ...author } }),
        audits.build(PutTransaction).item(audit),
      ]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      throw new VersionConflictError('Other shares have been applied in the meantime.', { expected }, { cause: error });
    }
    return stored;
  }
}
