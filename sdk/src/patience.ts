import { OrchestratorApiError, OrchestratorConnectionError } from './errors.ts';
import type { Wait } from './wait.ts';

/** So often in a row, and so far apart, a service that has answered before is asked again: five minutes. */
const MAX_FAILURES = 20;
const PAUSE_MS = 15_000;
/** Longer than this nobody who watches is kept waiting, whatever the service asks for. */
const MAX_PAUSE_MS = 300_000;

/** Asks a question and answers what the service does. */
export type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Answer>;

/**
 * Bears with a service that has answered once and then does not for a while, or asks for one: a job is watched for hours, in which
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
        await wait(pauseAfter(error), signal);
      }
    }
  };
}

function isPassing(error: unknown): boolean {
  if (error instanceof OrchestratorApiError) return error.status === 429 || error.status >= 500;
  return error instanceof OrchestratorConnectionError;
}

/** What the service asks for with `Retry-After`, where that is longer than one would wait anyway. */
function pauseAfter(error: unknown): number {
  const askedMs = error instanceof OrchestratorApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.min(Math.max(PAUSE_MS, askedMs), MAX_PAUSE_MS);
}
