import { OrchestratorApiError, OrchestratorConnectionError } from './errors.ts';
import type { Wait } from './wait.ts';

/** So long in a row a service that has answered before may fail: five minutes of asking and of pauses. A machine may sleep in a pause. */
const MAX_AWAY_MS = 300_000;
const PAUSE_MS = 15_000;

/** Asks a question and answers what the service does. */
export type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Answer>;

/**
 * Bears with a service that has answered once and then does not for a while: a job is watched for hours, in which networks fail and
 * laptops sleep. What the service refuses is thrown at once.
 *
 * @param now a clock in milliseconds, for the time that questions take.
 */
export function patiently(wait: Wait, signal: AbortSignal | undefined, now: () => number = () => performance.now()): Ask {
  let hasAnswered = false;
  return async (question) => {
    for (let awayMs = 0; ; awayMs += PAUSE_MS) {
      const askedAt = now();
      try {
        const answer = await question();
        hasAnswered = true;
        return answer;
      } catch (error) {
        awayMs += now() - askedAt;
        if (!hasAnswered || awayMs >= MAX_AWAY_MS || !isPassing(error)) throw error;
        await wait(PAUSE_MS, signal);
      }
    }
  };
}

function isPassing(error: unknown): boolean {
  if (error instanceof OrchestratorApiError) return error.status === 429 || error.status >= 500;
  return error instanceof OrchestratorConnectionError;
}
