import { OrchestratorApiError, OrchestratorConnectionError } from './errors.ts';
import type { Wait } from './wait.ts';

/** So often in a row, and so far apart, a service that has answered before is asked again: five minutes. */
const MAX_FAILURES = 20;
const PAUSE_MS = 15_000;

/** Asks a question and answers what the service does. */
export type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Answer>;

/**
 * Bears with a service that has answered once and then does not for a while: a job is watched for hours, in which
 * networks fail and laptops sleep. What the service refuses is thrown at once.
 */
export function patiently(wait: Wait, signal: AbortSignal | undefined): Ask {
  let hasAnswered = false;
  return async (question) => {
    for (let failures = 0; ; failures += 1) {
      try {
        const answer = await question();
        hasAnswered = true;
        return answer;
      } catch (error) {
        if (!hasAnswered || failures >= MAX_FAILURES || !isPassing(error)) throw error;
        await wait(PAUSE_MS, signal);
      }
    }
  };
}

function isPassing(error: unknown): boolean {
  if (error instanceof OrchestratorApiError) return error.status === 429 || error.status >= 500;
  return error instanceof OrchestratorConnectionError;
}
