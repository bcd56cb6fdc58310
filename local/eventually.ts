import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 180_000;
const defaultPollMs = 500;

/**
 * Asks until there is an answer, and gives it.
 *
 * @param what is waited for, as the message says it when it does not come.
 * @param ask answers `undefined` or `false` as long as the condition does not hold; what it throws ends the wait.
 * @throws when there is no answer after `timeoutMs`.
 */
export async function eventually<T>(what: string, ask: () => T | undefined | false | Promise<T | undefined | false>, timeoutMs = patienceMs, pollMs = defaultPollMs): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}`);
    await delay(pollMs);
  }
}
