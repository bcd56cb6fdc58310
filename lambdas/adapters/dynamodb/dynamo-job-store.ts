import { EntityFormatter } from 'dynamodb-toolbox/entity/actions/format';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ScanCommand } from 'dynamodb-toolbox/table/actions/scan';
import { JobNotFoundError, VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import { jobId as toJobId, type JobId } from '../../../core/job/ids.ts';
import type { Attempt, Job, JobEvent } from '../../../core/job/job.ts';
import type { JobChange, ParkedEntry } from '../../../core/lifecycle/change.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import type { EarlierSubmission, JobFilter, JobStore, Submission, SubmitResult } from '../../../core/ports/job-store.ts';
import type { Page } from '../../../core/ports/page.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import { attemptOf, changeActions } from './change-actions.ts';
import { decodeCursor, encodeCursor, positions } from './cursor.ts';
import { JobListing } from './job-listing.ts';
import { LaneCounts } from './lane-counts.ts';
import { attemptSortKey, eventSortKey, jobPartition, jobSortKey, keys, sortPrefixes } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { isRefused, TransactionRefused } from './refusals.ts';
import { Submitter } from './submitter.ts';

const everything = { consistent: true, maxPages: Number.POSITIVE_INFINITY } as const;

/** Jobs in DynamoDB: a transaction a change. */
export class DynamoJobStore implements JobStore {
  readonly #table: OrchestratorTable;
  readonly #lanes: LaneCounts;
  readonly #listing: JobListing;
  readonly #submitter: Submitter;

  constructor(table: OrchestratorTable) {
    this.#table = table;
    this.#lanes = new LaneCounts(table);
    this.#listing = new JobListing(table);
    this.#submitter = new Submitter(table, this.#lanes);
  }

  submit(submission: Submission): Promise<SubmitResult> {
    return this.#submitter.submit(submission);
  }

  earlier(submission: Submission): Promise<EarlierSubmission | undefined> {
    return this.#submitter.earlier(submission);
  }

  get(jobId: JobId): Promise<Job | undefined> {
    return this.#read(jobId, true);
  }

  peek(jobId: JobId): Promise<Job | undefined> {
    return this.#read(jobId, false);
  }

  async #read(jobId: JobId, consistent: boolean): Promise<Job | undefined> {
    const { job } = this.#table.entities;
    const { Item } = await this.#table.call(() => job.build(GetItemCommand).key({ jobId }).options({ consistent }).send());
    return Item;
  }

  async getWithWait(jobId: JobId): Promise<{ readonly job?: Job; readonly wait?: Wait }> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).query({ partition: jobPartition(jobId), range: { beginsWith: jobSortKey } });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true }).send());
    const at = (sk: string) => Items.find((item) => item[tableLayout.sortKey] === sk);
    const [job, wait] = [at(keys.job(jobId).sk), at(keys.wait(jobId).sk)];
    return {
      ...(job === undefined ? {} : { job: entities.job.build(EntityFormatter).format(job) }),
      ...(wait === undefined ? {} : { wait: { jobId, ...entities.wait.build(EntityFormatter).format(wait).wait } }),
    };
  }

  list(filter: JobFilter, limit: number, cursor?: string): Promise<Page<Job>> {
    return this.#listing.page(filter, limit, cursor);
  }

  async commit(change: JobChange): Promise<void> {
    const { enqueue, dequeue } = change;
    const entered = dequeue === undefined ? enqueue : undefined;
    const left = enqueue === undefined ? dequeue : undefined;
    if (entered !== undefined) await this.#lanes.enter(entered, change.after.updatedAtMs);
    // A change of priority moves the entry within its lane.
    else if (enqueue !== undefined) await this.#lanes.move(enqueue, change.after.updatedAtMs);
    try {
      await this.#table.transact([...changeActions(this.#table.entities, change), ...(left === undefined ? [] : [this.#lanes.leaving(left)])]);
    } catch (error) {
      if (entered !== undefined && isRefused(error)) await this.#lanes.giveUp(entered);
      if (!(error instanceof TransactionRefused)) throw error;
      const { jobId, revision } = change.before;
      throw new VersionConflictError('The job has changed in the meantime.', { jobId, revision }, { cause: error });
    }
  }

  async script(jobId: JobId): Promise<string | undefined> {
    const { script } = this.#table.entities;
    const { Item } = await this.#table.call(() => script.build(GetItemCommand).key({ jobId }).options({ consistent: true }).send());
    return Item?.script;
  }

  async events(jobId: JobId, limit: number, cursor?: string): Promise<Page<JobEvent>> {
    const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, positions.number));
    const { event } = this.#table.entities;
    const range: { between: [string, string] } = { between: [eventSortKey(after + 1), eventSortKey(99_999_999)] };
    const query = this.#table.table.build(QueryCommand).entities(event).query({ partition: jobPartition(jobId), range });
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => query.options({ consistent: true, limit }).send());
    const last = Items.at(-1);
    return { items: Items, ...(LastEvaluatedKey === undefined || last === undefined ? {} : { cursor: encodeCursor(String(last.number)) }) };
  }

  async latestEvents(jobId: JobId, limit: number): Promise<readonly JobEvent[]> {
    const { event } = this.#table.entities;
    const query = this.#table.table.build(QueryCommand).entities(event).query({ partition: jobPartition(jobId), range: { beginsWith: sortPrefixes.event } });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, reverse: true, limit }).send());
    return Items.toReversed();
  }

  async attempts(jobId: JobId): Promise<readonly Attempt[]> {
    const { attempt } = this.#table.entities;
    const query = this.#table.table.build(QueryCommand).entities(attempt).query({ partition: jobPartition(jobId), range: { beginsWith: sortPrefixes.attempt } });
    const { Items = [] } = await this.#table.call(() => query.options(everything).send());
    return Items.map(attemptOf);
  }

  async attempt(jobId: JobId, attempt: number): Promise<Attempt | undefined> {
    const { entities } = this.#table;
    const { Item } = await this.#table.call(() => entities.attempt.build(GetItemCommand).key({ jobId, attempt }).options({ consistent: true }).send());
    return Item === undefined ? undefined : attemptOf(Item);
  }

  async recordExecution(jobId: JobId, attempt: number, executionArn: string): Promise<void> {
    const { entities } = this.#table;
    const update = entities.attempt.build(UpdateItemCommand).item({ jobId, attempt, executionArn }).options({ condition: { attr: 'admittedAtMs', exists: true } });
    try {
      await this.#table.call(() => update.send());
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      throw new JobNotFoundError('There is no such attempt.', { jobId, attempt }, { cause: error });
    }
  }

  async activeAttempts(limit: number, cursor?: string): Promise<Page<Attempt>> {
    const { active } = tableLayout.indexes;
    const start = cursor === undefined ? {} : { exclusiveStartKey: activeKey(decodeCursor(cursor, positions.attempt)) };
    const scan = this.#table.table.build(ScanCommand).entities(this.#table.entities.attempt);
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => scan.options({ index: active.name, limit, ...start }).send());
    const last = Items.at(-1);
    return {
      items: Items.map(attemptOf),
      ...(LastEvaluatedKey === undefined || last === undefined ? {} : { cursor: encodeCursor(`${last.jobId}/${last.attempt}`) }),
    };
  }

  async parked(jobId: JobId): Promise<ParkedEntry | undefined> {
    const { parked } = this.#table.entities;
    const { Item } = await this.#table.call(() => parked.build(GetItemCommand).key({ jobId }).options({ consistent: true }).send());
    return Item;
  }
}

/** Where a scan of the active attempts goes on. */
function activeKey(position: string): Record<string, string> {
  const [id = '', attempt = ''] = position.split('/');
  return { pk: jobPartition(toJobId(id)), sk: attemptSortKey(Number(attempt)), [tableLayout.indexes.active.partitionKey]: id };
}
