import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand, type TransactWriteCommandInput, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { attemptEntities } from './attempt-entities.ts';
import { jobEntities } from './job-entities.ts';
import { knowledgeEntities } from './knowledge-entities.ts';
import { manifestEntities } from './manifest-entities.ts';
import { queueEntities } from './queue-entities.ts';
import { refusalOf, throttled, TransactionRefused } from './refusals.ts';
import { schedulerEntities } from './scheduler-entities.ts';
import { shareEntities } from './share-entities.ts';
import { simulatedEntities } from './simulated-entities.ts';
import { toolboxTable, type ToolboxTable } from './toolbox-table.ts';
import { sentOnce, watchedFor } from './tries.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One write of a transaction: a `PutTransaction`, `UpdateTransaction`, `DeleteTransaction` or `ConditionCheck` of an entity. */
export interface Action {
  params(): TransactItem & { readonly ToolboxItem?: unknown };
}

/** Most actions that DynamoDB takes in one transaction. */
export const MAX_ACTIONS = 100;

/** Usages outgrow what a number holds exactly; DynamoDB adds them up to 38 digits, and to us the first sixteen matter. */
const translation = {
  marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
  unmarshallOptions: { wrapNumbers: Number },
};

/** How often a write is tried that another transaction stands in the way of. */
const MAX_TRIES = 8;
const BASE_DELAY_MS = 25;
const MAX_DELAY_MS = 1_000;

/** Waits before try number `attempt` (from 1): exponential with full jitter, so that rivals do not meet again. */
export type Backoff = (attempt: number) => Promise<void>;

const jittered: Backoff = (attempt) => delay(Math.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt));

/**
 * The one table with its entities: what all Dynamo stores are built on. Needs `dynamodb:GetItem`, `BatchGetItem`,
 * `Query`, `PutItem`, `UpdateItem`, `DeleteItem` and `ConditionCheckItem` on the table, `Query` on its index of jobs and
 * `Scan` on its index of active attempts; a transaction needs the permissions of its actions, nothing more.
 */
export class OrchestratorTable {
  readonly table: ToolboxTable;
  readonly entities;
  readonly #backoff: Backoff;

  constructor(client: DynamoDBClient, name: string, backoff: Backoff = jittered) {
    this.table = toolboxTable(name, DynamoDBDocumentClient.from(client, translation));
    this.entities = {
      ...jobEntities(this.table),
      ...attemptEntities(this.table),
      ...queueEntities(this.table),
      ...schedulerEntities(this.table),
      ...manifestEntities(this.table),
      ...shareEntities(this.table),
      ...simulatedEntities(this.table),
      ...knowledgeEntities(this.table),
    };
    this.#backoff = backoff;
  }

  /**
   * Writes all of the actions or none. A try whose answer is lost is sent again under its token, so it counts once; if
   * that brings no answer either, what is thrown is why the first was lost, never a refusal.
   * @throws TransactionRefused when a condition does not hold, or another transaction stays in the way.
   * @throws DependencyThrottledError when DynamoDB goes on throttling.
   */
  async transact(actions: readonly Action[]): Promise<void> {
    const TransactItems = actions.map((action) => {
      const { ToolboxItem: _parsed, ...item } = action.params();
      return item;
    });
    let ClientRequestToken: string | undefined;
    let lost: unknown;
    const send = async () => {
      // The try before wrote nothing, or it is not known whether it did.
      if (lost === undefined) ClientRequestToken = randomUUID();
      const command = new TransactWriteCommand({ TransactItems, ClientRequestToken });
      await this.table.getDocumentClient().send(watchedFor(command, (error) => (lost ??= error)));
    };
    try {
      await this.#patiently(send, (failed, cause) => new TransactionRefused(failed, cause, 'conflict'));
    } catch (error) {
      throw lost ?? error;
    }
  }

  /**
   * A single read or write.
   * @throws TransactionRefused when its condition does not hold, and for no other reason.
   * @throws DependencyThrottledError when DynamoDB goes on throttling, or a transaction stays in the way.
   */
  async call<T>(send: () => Promise<T>): Promise<T> {
    return this.#patiently(send, (_failed, cause) => throttled(cause));
  }

  /**
   * A single update that is applied once or not at all: where the answer is lost it is not sent again, as the client
   * would. Throws as `call`, and what the client throws when it does not know.
   */
  async callOnce(update: { params(): UpdateCommandInput & { readonly ToolboxItem?: unknown } }): Promise<void> {
    await this.call(() => {
      const { ToolboxItem: _parsed, ...input } = update.params();
      return this.table.getDocumentClient().send(sentOnce(new UpdateCommand(input)));
    });
  }

  async #patiently<T>(send: () => Promise<T>, inTheWay: (failed: ReadonlySet<number>, cause: unknown) => Error): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === undefined) throw error;
        if (refusal.kind === 'condition') throw new TransactionRefused(refusal.failed, error);
        if (attempt === MAX_TRIES) throw refusal.throttled ? throttled(error) : inTheWay(refusal.failed, error);
        await this.#backoff(attempt);
      }
    }
  }
}
