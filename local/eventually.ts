import { setTimeout as delay } from 'node:timers/promises';

/** How long is waited, and how. */
interface Patience {
  /** No ask begins later than this; 180,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Between an answer and the next ask; 500 by default. */
  readonly pollMs?: number | undefined;
  /** An ask that begins shortly before the end has at least this long, also beyond the end; 5,000 by default. */
  readonly lastAskMs?: number | undefined;
  /** Ends the wait when it is aborted. */
  readonly stopped?: AbortSignal | undefined;
}

/**
 * Asks until there is an answer, and gives it.
 *
 * @param what is waited for, as the message says it when it does not come.
 * @param ask answers `undefined` or `false` as long as the condition does not hold; what it throws ends the wait.
 * @throws when there is no answer after `timeoutMs`; where `ask` itself does not come back, up to `lastAskMs` later.
 */
export async function eventually<T>(
  what: string, ask: () => T | undefined | false | Promise<T | undefined | false>, { timeoutMs = 180_000, pollMs = 500, lastAskMs = 5_000, stopped }: Patience = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (stopped?.aborted === true) throw new Error(`Nobody waits any more: ${what}`);
    const asked = Date.now();
    const answer = await within(Math.max(end - asked, lastAskMs), ask());
    if (answer !== undefined && answer !== false && answer !== LATE) return answer;
    if (answer === LATE || Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}`);
    await delay(pollMs);
  }
}

const LATE = Symbol('late');

/** What is asked comes to, or that it has not within a time. */
async function within<T>(timeoutMs: number, asked: T | Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, LATE);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
