import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 180_000;
const defaultPollMs = 500;
/** An ask that began just before the end has this long all the same. */
const lastAskMs = 5_000;

/**
 * Asks until there is an answer, and gives it.
 *
 * @param what is waited for, as the message says it when it does not come.
 * @param ask answers `undefined` or `false` as long as the condition does not hold; what it throws ends the wait.
 * @param stopped ends the wait when it is aborted.
 * @throws when there is no answer after `timeoutMs`, also where `ask` itself does not come back.
 */
export async function eventually<T>(
  what: string, ask: () => T | undefined | false | Promise<T | undefined | false>, timeoutMs = patienceMs, pollMs = defaultPollMs, stopped?: AbortSignal,
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
