import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { JobId } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';
import type { Revised, SimulatedAttempt, SimulatedRecords } from '../simulated/simulated-records.ts';
import { nothingOf } from '../simulated/simulated-records.ts';
import { partitions } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

/** How long an attempt is remembered of which nothing lives: its steps are told from here as long. */
const REMEMBER_SECONDS = 24 * 3600;

/** Records of the simulated cloud, one item an attempt. */
export class DynamoSimulatedRecords implements SimulatedRecords {
  readonly #table: OrchestratorTable;
  readonly #clock: Clock;

  constructor(table: OrchestratorTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async get({ jobId, attempt }: AttemptKey): Promise<Revised> {
    const read = this.#table.entities.simulated.build(GetItemCommand).key({ jobId, attempt }).options({ consistent: true });
    const { Item } = await this.#table.call(() => read.send());
    if (Item === undefined) return { revision: 0, record: nothingOf({ jobId, attempt }) };
    return { revision: Item.simulatedRevision, record: { jobId, attempt, ...Item.simulated } };
  }

  async ofJob(jobId: JobId): Promise<readonly SimulatedAttempt[]> {
    return this.#query({ partition: partitions.simulated, range: { beginsWith: `${jobId}#` } });
  }

  async list(): Promise<readonly SimulatedAttempt[]> {
    return this.#query({ partition: partitions.simulated });
  }

  async #query(asked: { readonly partition: string; readonly range?: { readonly beginsWith: string } }): Promise<readonly SimulatedAttempt[]> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.simulated).query(asked);
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, maxPages: Number.POSITIVE_INFINITY }).send());
    return Items.map(({ jobId, attempt, simulated }) => ({ jobId, attempt, ...simulated }));
  }

  async put({ jobId, attempt, ...simulated }: SimulatedAttempt, revision: number): Promise<boolean> {
    const lives = simulated.machines.some(({ goneAtMs }) => goneAtMs === undefined);
    const expiry = lives ? {} : { expiresAt: Math.ceil(this.#clock.now() / 1000) + REMEMBER_SECONDS };
    const put = this.#table.entities.simulated
      .build(PutItemCommand)
      .item({ jobId, attempt, simulated, simulatedRevision: revision + 1, ...expiry })
      .options({ condition: revision === 0 ? { attr: 'simulatedRevision', exists: false } : { attr: 'simulatedRevision', eq: revision } });
    try {
      await this.#table.call(() => put.send());
      return true;
    } catch (error) {
      if (error instanceof TransactionRefused) return false;
      throw error;
    }
  }
}
