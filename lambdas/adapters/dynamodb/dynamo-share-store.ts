import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { AuditEntry, NewShares, ShareStore } from '../../../core/ports/share-store.ts';
import type { StoredShares } from '../../../core/shares/share-tree.ts';
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
    const get = currentShares.build(GetItemCommand).key(shareKeys.current).options({ consistent, attributes: ['version'] });
    const { Item } = await this.#table.call(() => get.send());
    return Item === undefined ? undefined : this.version(Item.version);
  }

  async version(version: number): Promise<StoredShares | undefined> {
    // A version never changes, so whatever a read finds is right; only one that finds nothing may have come too early.
    return (await this.#read(version, false)) ?? this.#read(version, true);
  }

  async #read(version: number, consistent: boolean): Promise<StoredShares | undefined> {
    const get = this.#table.entities.sharesVersion.build(GetItemCommand).key({ version }).options({ consistent });
    const { Item } = await this.#table.call(() => get.send());
    return Item?.shares;
  }

  async apply(shares: NewShares, expected: number, audit: AuditEntry): Promise<StoredShares> {
    const { currentShares, sharesVersion, audit: audits } = this.#table.entities;
    const stored: StoredShares = { ...shares, version: expected + 1 };
    const { document: _document, ...current } = stored;
    const { version } = stored;
    const unchanged = expected === 0 ? { attr: 'version', exists: false } as const : { attr: 'version', eq: expected } as const;
    try {
      await this.#table.transact([
        currentShares.build(PutTransaction).item({ ...shareKeys.current, version, shares: current }).options({ condition: unchanged }),
        sharesVersion.build(PutTransaction).item({ version, shares: stored }),
        audits.build(PutTransaction).item(audit),
      ]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      throw new VersionConflictError('Other shares have been applied in the meantime.', { expected }, { cause: error });
    }
    return stored;
  }
}
