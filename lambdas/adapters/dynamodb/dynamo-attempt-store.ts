import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { LaunchRecord } from '../../../core/capacity/gang.ts';
import { InternalError, VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import type { StepRecord, Wait } from '../../../core/lifecycle/wait.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import { jobPartition, sortPrefixes } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

const absent = { condition: { attr: 'attempt', exists: false } } as const;

const unended = { condition: { attr: 'record.answer', exists: false } } as const;

/** What attempts leave behind, in DynamoDB. The nodes of an attempt are one item, packed: a gang of 65 is 2 KiB. */
export class DynamoAttemptStore implements AttemptStore {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async openLaunch(launch: LaunchRecord): Promise<void> {
    const put = this.#table.entities.launch.build(PutItemCommand).item(launchItem(launch)).options(absent);
    try {
      await this.#table.call(() => put.send());
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      const { jobId, attempt, ordinal } = launch;
      throw new VersionConflictError('A launch of this number was written before.', { jobId, attempt, ordinal }, { cause: error });
    }
  }

  async closeLaunch(launch: LaunchRecord): Promise<void> {
    await this.#table.call(() => this.#table.entities.launch.build(PutItemCommand).item(launchItem(launch)).send());
  }

  async launches(jobId: JobId, attempt: number): Promise<readonly LaunchRecord[]> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.launch).query({ partition: jobPartition(jobId), range: { beginsWith: sortPrefixes.launch(attempt) } });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, maxPages: Number.POSITIVE_INFINITY }).send());
    return Items.map(({ launch, ...key }) => ({ ...key, ...launch }));
  }

  async putNodes(jobId: JobId, attempt: number, nodes: readonly Node[]): Promise<void> {
    await this.#table.call(() => this.#table.entities.nodes.build(PutItemCommand).item({ jobId, attempt, nodes }).send());
  }

  nodes(jobId: JobId, attempt: number): Promise<readonly Node[]> {
    return this.#nodes(jobId, attempt, true);
  }

  peekNodes(jobId: JobId, attempt: number): Promise<readonly Node[]> {
    return this.#nodes(jobId, attempt, false);
  }

  async #nodes(jobId: JobId, attempt: number, consistent: boolean): Promise<readonly Node[]> {
    const { nodes } = this.#table.entities;
    const { Item } = await this.#table.call(() => nodes.build(GetItemCommand).key({ jobId, attempt }).options({ consistent }).send());
    return Item?.nodes ?? [];
  }

  async beginStep(step: StepRecord): Promise<StepRecord> {
    const put = this.#table.entities.step.build(PutItemCommand).item(stepItem(step)).options(absent);
    try {
      await this.#table.call(() => put.send());
      return step;
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      const begun = await this.step(step.jobId, step.attempt, step.step);
      if (begun === undefined) throw new InternalError('A step that was begun has no record.', { jobId: step.jobId, step: step.step }, { cause: error });
      return begun;
    }
  }

  async updateStep(step: StepRecord): Promise<boolean> {
    const put = this.#table.entities.step.build(PutItemCommand).item(stepItem(step)).options(unended);
    try {
      await this.#table.call(() => put.send());
      return true;
    } catch (error) {
      if (error instanceof TransactionRefused) return false;
      throw error;
    }
  }

  async step(jobId: JobId, attempt: number, step: string): Promise<StepRecord | undefined> {
    const { entities } = this.#table;
    const { Item } = await this.#table.call(() => entities.step.build(GetItemCommand).key({ jobId, attempt, step }).options({ consistent: true }).send());
    if (Item === undefined) return undefined;
    return { jobId, attempt, step, ...Item.record };
  }

  async noteOnce(jobId: JobId, attempt: number, about: string): Promise<boolean> {
    const put = this.#table.entities.note.build(PutItemCommand).item({ jobId, attempt, about }).options(absent);
    try {
      await this.#table.call(() => put.send());
      return true;
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      return false;
    }
  }

  async putWait({ jobId, ...wait }: Wait): Promise<void> {
    await this.#table.call(() => this.#table.entities.wait.build(PutItemCommand).item({ jobId, wait }).send());
  }

  async wait(jobId: JobId): Promise<Wait | undefined> {
    const { wait } = this.#table.entities;
    const { Item } = await this.#table.call(() => wait.build(GetItemCommand).key({ jobId }).options({ consistent: true }).send());
    return Item === undefined ? undefined : { jobId, ...Item.wait };
  }
}

function launchItem({ jobId, attempt, ordinal, ...launch }: LaunchRecord) {
  return { jobId, attempt, ordinal, launch };
}

function stepItem({ jobId, attempt, step, ...record }: StepRecord) {
  return { jobId, attempt, step, record };
}
