import { OrchestratorConnectionError, OrchestratorCredentialsError, secondsToWait } from './errors.ts';
import type { Fetch } from './signed-fetch.ts';
import type { Wait } from './wait.ts';

export interface RetryPolicy {
  /** How often a request is sent in all. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly wait: Wait;
  /** A number from 0 up to, not including, 1. */
  readonly random?: () => number;
}

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;
/** Whoever is told to come back later than this decides for himself. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Sends a request again when the service is busy, fails or does not answer, after a growing, random delay, or after
 * what `Retry-After` says. Every request of this API may be repeated: a submission carries an Idempotency-Key, and all
 * others leave the same behind however often they are sent.
 *
 * @throws OrchestratorConnectionError when no attempt was answered, or the reason of the request's own signal.
 */
export function retryingFetch(send: Fetch, policy: RetryPolicy): Fetch {
  const { maxAttempts, timeoutMs, wait, random = Math.random } = policy;
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await tryOnce(send, request, timeoutMs);
      const delayMs = delayBefore(result, random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)));
      if (delayMs === undefined || attempt >= maxAttempts) return answerOf(result, request);
      await wait(delayMs, request.signal);
    }
  };
}

type Result = { readonly response: Response } | { readonly failure: unknown };

async function tryOnce(send: Fetch, request: Request, timeoutMs: number): Promise<Result> {
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    return { response: await send(new Request(request.clone(), { signal })) };
  } catch (failure) {
    request.signal.throwIfAborted();
    if (failure instanceof OrchestratorCredentialsError) throw failure;
    return { failure };
  }
}

/** `undefined` when there is nothing to be won by another attempt. */
function delayBefore(result: Result, backoffMs: number): number | undefined {
  if ('failure' in result) return backoffMs;
  const { status } = result.response;
  if (status !== 429 && status < 500) return undefined;
  const askedMs = (secondsToWait(result.response) ?? 0) * 1000;
  return askedMs > MAX_RETRY_AFTER_MS ? undefined : askedMs + backoffMs;
}

function answerOf(result: Result, request: Request): Response {
  if ('failure' in result) throw new OrchestratorConnectionError(new URL(request.url).origin, result.failure);
  return result.response;
}
