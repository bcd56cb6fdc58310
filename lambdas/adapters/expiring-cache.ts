import type { Clock } from '../../core/ports/clock.ts';

interface Entry<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

/**
 * Remembers answers by key for a while. Those who ask at the same time share one question; an answer that fails is
 * forgotten at once.
 */
export class ExpiringCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #clock: Clock;
  readonly #lifeMs: number;

  constructor(clock: Clock, lifeMs: number) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  async get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && known.untilMs > this.#clock.now()) return known.value;
    const value = ask();
    this.#entries.set(key, { value, untilMs: this.#clock.now() + this.#lifeMs });
    try {
      return await value;
    } catch (error) {
      if (this.#entries.get(key)?.value === value) this.#entries.delete(key);
      throw error;
    }
  }
}
