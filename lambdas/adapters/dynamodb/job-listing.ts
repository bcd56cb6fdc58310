import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { jobId as toJobId, type JobId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { JobFilter } from '../../../core/ports/job-store.ts';
import type { Page } from '../../../core/ports/page.ts';
import { jobPrefix } from '../../../core/queue/stream-keys.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import { decodeCursor, encodeCursor, positions } from './cursor.ts';
import { matches } from './job-filter.ts';
import { jobPartition, jobSortKey } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';

/** Jobs read at once, as many as DynamoDB takes in one batch. */
const CHUNK = 100;
/** How many chunks a page may take: a filter that matches little ends in a short page with a cursor. */
const MAX_CHUNKS = 20;
const MAX_BATCH_ATTEMPTS = 8;

const { jobs: index } = tableLayout.indexes;

/** Lists jobs newest first: ids from the index, jobs from the table. */
export class JobListing {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  /** Filtering here costs what filtering in DynamoDB would, which charges for what it reads and not for what it returns. */
  async page(filter: JobFilter, limit: number, cursor?: string): Promise<Page<Job>> {
    let after = cursor === undefined ? undefined : toJobId(decodeCursor(cursor, positions.jobId));
    const items: Job[] = [];
    const { namespace, ...narrower } = filter;
    const isFiltered = Object.values(narrower).some((wanted) => wanted !== undefined);
    for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
      const wanted = isFiltered ? CHUNK : Math.min(CHUNK, limit - items.length);
      const { ids, more } = await this.#idsAfter(namespace, after, wanted);
      const matching = (await this.#jobs(ids)).filter((job) => matches(job, filter));
      const room = limit - items.length;
      items.push(...matching.slice(0, room));
      // A chunk that holds more than the page has room for is gone on with after the last job shown, else after its end.
      after = (matching.length > room ? items : []).at(-1)?.jobId ?? ids.at(-1) ?? after;
      if (matching.length <= room && !more) return { items };
      if (items.length === limit) break;
    }
    return { items, ...(after === undefined ? {} : { cursor: encodeCursor(after) }) };
  }

  async #idsAfter(namespace: string, after: JobId | undefined, limit: number): Promise<{ readonly ids: readonly JobId[]; readonly more: boolean }> {
    const start = after === undefined ? {} : { exclusiveStartKey: { pk: jobPartition(after), sk: jobSortKey, [index.partitionKey]: namespace } };
    const query = this.#table.table.build(QueryCommand).query({ index: index.name, partition: namespace });
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => query.options({ reverse: true, limit, ...start }).send());
    return { ids: Items.map((item) => toJobId(String(item['pk']).slice(jobPrefix.length))), more: LastEvaluatedKey !== undefined };
  }

  async #jobs(ids: readonly JobId[]): Promise<readonly Job[]> {
    if (ids.length === 0) return [];
    const { table, entities } = this.#table;
    const command = table.build(BatchGetCommand).requests(...ids.map((jobId) => entities.job.build(BatchGetRequest).key({ jobId })));
    const { Responses } = await this.#table.call(() => execute({ maxAttempts: MAX_BATCH_ATTEMPTS }, command));
    const found: readonly (Job | undefined)[] = Responses?.[0] ?? [];
    return found.filter((job) => job !== undefined);
  }
}
