import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add } from 'dynamodb-toolbox/entity/actions/update';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { AskedScores, Claim, PlacementScoreMemory } from '../knowledge/placement-score-memory.ts';
import { keys } from './keys.ts';
import type { Action, OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

const DAY_MS = 24 * 60 * 60_000;
/** More than anybody may ask a day. */
const NO_MORE = 1_000_000;

/** Counted by days of UTC: an item for each day is never reset, and goes by itself. */
const dayOf = (nowMs: EpochMs): string => new Date(nowMs).toISOString().slice(0, 10);
/** After two days nobody asks for it. */
const expiryOf = (atMs: EpochMs): number => Math.ceil((atMs + 2 * DAY_MS) / 1000);

/** Placement scores in DynamoDB, one item a question. A look is half a read unit, a new question five write units. */
export class DynamoPlacementScores implements PlacementScoreMemory {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async recall(question: string): Promise<AskedScores | undefined> {
    // What a claim finds changed since is asked by another.
    const get = this.#table.entities.placementScores.build(GetItemCommand).key(keys.placementScores(question));
    const { Item: found } = await this.#table.call(() => get.send());
    return found && { askedAtMs: found.askedAtMs, ...(found.answer && { answer: found.answer }) };
  }

  async claim(question: string, known: AskedScores | undefined, nowMs: EpochMs, newPerDay: number | undefined): Promise<Claim> {
    const unchanged = known === undefined ? ({ attr: 'askedAtMs', exists: false } as const) : ({ attr: 'askedAtMs', eq: known.askedAtMs } as const);
    const claim = this.#table.entities.placementScores.build(PutTransaction)
      .item(itemOf(question, { ...known, askedAtMs: nowMs }))
      .options({ condition: unchanged });
    try {
      await this.#table.transact([claim, ...(newPerDay === undefined ? [] : [this.#count(nowMs, newPerDay)])]);
      return 'ours';
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      return error.isUnmet(1) ? 'spent' : 'asked';
    }
  }

  async remember(question: string, asked: AskedScores): Promise<void> {
    const put = this.#table.entities.placementScores.build(PutItemCommand).item(itemOf(question, asked));
    await this.#table.call(() => put.send());
  }

  async exhaust(nowMs: EpochMs): Promise<void> {
    const put = this.#table.entities.newQuestions.build(PutItemCommand)
      .item({ ...keys.newQuestions(dayOf(nowMs)), asked: NO_MORE, expiresAt: expiryOf(nowMs) });
    await this.#table.call(() => put.send());
  }

  #count(nowMs: EpochMs, newPerDay: number): Action {
    const [isFirst, isWithin] = [{ attr: 'asked', exists: false }, { attr: 'asked', lt: newPerDay }] as const;
    return this.#table.entities.newQuestions.build(UpdateTransaction)
      .item({ ...keys.newQuestions(dayOf(nowMs)), asked: $add(1), expiresAt: expiryOf(nowMs) })
      .options({ condition: { or: [isFirst, isWithin] } });
  }
}

const itemOf = (question: string, asked: AskedScores) => ({ ...keys.placementScores(question), ...asked, expiresAt: expiryOf(asked.askedAtMs) });
