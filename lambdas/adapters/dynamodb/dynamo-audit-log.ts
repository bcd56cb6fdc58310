import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Page } from '../../../core/ports/page.ts';
import type { AuditEntry, AuditLog } from '../../../core/ports/share-store.ts';
import { auditPartition } from '../../../core/queue/stream-keys.ts';
import { decodeCursor, encodeCursor, positions } from './cursor.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';

/** What operators did, in a partition that sorts by time. */
export class DynamoAuditLog implements AuditLog {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async record(entry: AuditEntry): Promise<void> {
    const { audit } = this.#table.entities;
    await this.#table.call(() => audit.build(PutItemCommand).item(entry).send());
  }

  async list(limit: number, cursor?: string): Promise<Page<AuditEntry>> {
    const { table, entities } = this.#table;
    const before = cursor === undefined ? {} : { range: { lt: decodeCursor(cursor, positions.audit) } };
    const query = table.build(QueryCommand).entities(entities.audit).query({ partition: auditPartition, ...before });
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => query.options({ consistent: true, reverse: true, limit }).send());
    const last = Items.at(-1);
    return { items: Items, ...(LastEvaluatedKey === undefined || last === undefined ? {} : { cursor: encodeCursor(last.id) }) };
  }
}
