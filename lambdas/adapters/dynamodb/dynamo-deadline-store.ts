import { BatchDeleteRequest } from 'dynamodb-toolbox/entity/actions/batchDelete';
import { BatchWriteCommand, execute } from 'dynamodb-toolbox/table/actions/batchWrite';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Deadline } from '../../../core/lifecycle/change.ts';
import type { DeadlineStore } from '../../../core/ports/job-store.ts';
import { DEADLINE_SHARDS, deadlinePartition, keys } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';

/** Most items that DynamoDB takes in one batch. */
const BATCH = 25;

/** Deadlines in order of time: reading the due ones costs what is due, however long nobody looked. */
export class DynamoDeadlineStore implements DeadlineStore {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async due(nowMs: EpochMs): Promise<readonly Deadline[]> {
    const shards = await Promise.all(Array.from({ length: DEADLINE_SHARDS }, (_, shard) => this.#dueOf(shard, nowMs)));
    return shards.flat().sort((a, b) => a.atMs - b.atMs);
  }

  async #dueOf(shard: number, nowMs: EpochMs): Promise<readonly Deadline[]> {
    const { table, entities } = this.#table;
    const query = table
      .build(QueryCommand)
      .entities(entities.deadline)
      .query({ partition: deadlinePartition(shard), range: { lt: keys.deadlinesUntil(nowMs) } });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, maxPages: Number.POSITIVE_INFINITY }).send());
    return Items;
  }

  async settle(deadlines: readonly Deadline[]): Promise<void> {
    for (let from = 0; from < deadlines.length; from += BATCH) {
      const requests = deadlines.slice(from, from + BATCH).map((deadline) => this.#table.entities.deadline.build(BatchDeleteRequest).key(deadline));
      const batch = this.#table.table.build(BatchWriteCommand).requests(...requests);
      await this.#table.call(() => execute({ maxAttempts: 10 }, batch));
    }
  }
}
