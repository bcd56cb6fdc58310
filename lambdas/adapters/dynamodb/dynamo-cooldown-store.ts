import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { scopeKey, type Cooldown } from '../../../core/capacity/offering.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { CooldownStore } from '../../../core/ports/capacity-provider.ts';
import { keys, partitions, type Key } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

/** How long after its end a cooldown is remembered: a scope that fails again within this time waits longer. */
const REMEMBER_MS = 24 * 60 * 60_000;

/** Cooldowns of all jobs in a partition of their own, one item a scope. */
export class DynamoCooldownStore implements CooldownStore {
  readonly #table: OrchestratorTable;

  readonly #partition: string;

  /** @param partition of the provider's own: what cools in one cloud says nothing of another */
  constructor(table: OrchestratorTable, partition: string = partitions.cooldowns) {
    this.#table = table;
    this.#partition = partition;
  }

  #key(scope: string): Key {
    return { ...keys.cooldown(scope), pk: this.#partition };
  }

  async active(nowMs: EpochMs): Promise<readonly Cooldown[]> {
    // One of a moment ago is as good: whoever launches reads the recent ones.
    return this.#endingAfter(nowMs, false);
  }

  async recent(nowMs: EpochMs): Promise<readonly Cooldown[]> {
    return this.#endingAfter(nowMs - REMEMBER_MS, true);
  }

  async #endingAfter(bound: number, consistent: boolean): Promise<readonly Cooldown[]> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.cooldown).query({ partition: this.#partition });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent, maxPages: Number.POSITIVE_INFINITY }).send());
    return Items.map((item) => item.cooldown).filter((cooldown) => cooldown.untilMs > bound);
  }

  async record(cooldowns: readonly Cooldown[]): Promise<void> {
    await Promise.all(cooldowns.map((cooldown) => this.#table.call(() => this.#put(cooldown).send())));
  }

  /** Each cooldown of a scope ends at another time: by that it is told from the next. */
  async replace(known: Cooldown, next: Cooldown): Promise<boolean> {
    const unchanged = { condition: { attr: 'cooldown.untilMs', eq: known.untilMs } } as const;
    try {
      await this.#table.call(() => this.#put(next).options(unchanged).send());
      return true;
    } catch (error) {
      if (error instanceof TransactionRefused) return false;
      throw error;
    }
  }

  #put(cooldown: Cooldown) {
    return this.#table.entities.cooldown.build(PutItemCommand).item({
      ...this.#key(scopeKey(cooldown.scope)),
      cooldown,
      expiresAt: Math.ceil((cooldown.untilMs + REMEMBER_MS) / 1000),
    });
  }

  async clear(scopes: readonly string[]): Promise<void> {
    const { cooldown } = this.#table.entities;
    await Promise.all(scopes.map((scope) => this.#table.call(() => cooldown.build(DeleteItemCommand).key(this.#key(scope)).send())));
  }
}
