import { scopeKey, type Cooldown } from '../../core/capacity/offering.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { CooldownStore } from '../../core/ports/capacity-provider.ts';
import { copy, InMemoryTable } from './in-memory-table.ts';

const REMEMBER_MS = 24 * 3_600_000;

export class InMemoryCooldownStore implements CooldownStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async active(nowMs: EpochMs): Promise<readonly Cooldown[]> {
    return this.#endingAfter(nowMs);
  }

  async recent(nowMs: EpochMs): Promise<readonly Cooldown[]> {
    return this.#endingAfter(nowMs - REMEMBER_MS);
  }

  #endingAfter(bound: number): readonly Cooldown[] {
    const ending = [...this.#table.cooldowns].filter(([, { untilMs }]) => untilMs > bound);
    return copy(ending.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cooldown]) => cooldown));
  }

  async record(cooldowns: readonly Cooldown[]): Promise<void> {
    for (const cooldown of copy(cooldowns)) this.#table.cooldowns.set(scopeKey(cooldown.scope), cooldown);
  }

  async replace(known: Cooldown, next: Cooldown): Promise<boolean> {
    const key = scopeKey(known.scope);
    if (this.#table.cooldowns.get(key)?.untilMs !== known.untilMs) return false;
    this.#table.cooldowns.set(key, copy(next));
    return true;
  }

  async clear(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#table.cooldowns.delete(key);
  }
}
