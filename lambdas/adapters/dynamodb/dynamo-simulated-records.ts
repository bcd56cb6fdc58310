import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { JobId } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';
import type { LivingMachines, Revised, SimulatedAttempt, SimulatedRecords } from '../simulated/simulated-records.ts';
import { livingOf, nothingOf } from '../simulated/simulated-records.ts';
import { partitions, simulatedPartition } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

/** How long an attempt is remembered of which nothing lives: its steps are told from here as long. */
const REMEMBER_SECONDS = 24 * 3600;

const everything = { consistent: true, maxPages: Number.POSITIVE_INFINITY } as const;

/** Records of the simulated cloud: an item an attempt, and another of its machines while some of them live. */
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
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.simulated).query({ partition: simulatedPartition(jobId) });
    const { Items = [] } = await this.#table.call(() => query.options(everything).send());
    return Items.map(({ simulated, ...item }) => ({ jobId, attempt: item.attempt, ...simulated }));
  }

  async list(): Promise<readonly LivingMachines[]> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.simulatedLiving).query({ partition: partitions.simulated });
    const { Items = [] } = await this.#table.call(() => query.options(everything).send());
    return Items.map(({ jobId, attempt, living }) => ({ jobId, attempt, machines: living }));
  }

  async put({ jobId, attempt, ...simulated }: SimulatedAttempt, revision: number, sameMachines = false): Promise<boolean> {
    const { simulated: records, simulatedLiving } = this.#table.entities;
    const living = livingOf(simulated);
    const expiry = living.length > 0 ? {} : { expiresAt: Math.ceil(this.#clock.now() / 1000) + REMEMBER_SECONDS };
    const put = records
      .build(PutTransaction)
      .item({ jobId, attempt, simulated, simulatedRevision: revision + 1, ...expiry })
      .options({ condition: revision === 0 ? { attr: 'simulatedRevision', exists: false } : { attr: 'simulatedRevision', eq: revision } });
    const machines = living.length > 0 ? simulatedLiving.build(PutTransaction).item({ jobId, attempt, living }) : simulatedLiving.build(DeleteTransaction).key({ jobId, attempt });
    try {
      await this.#table.transact(sameMachines ? [put] : [put, machines]);
      return true;
    } catch (error) {
      if (error instanceof TransactionRefused) return false;
      throw error;
    }
  }
}
