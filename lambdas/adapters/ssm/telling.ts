import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import { isThrottling } from '../throttling.ts';

/** Makes throttling, when the client's own retries are used up, known as such. */
export async function telling<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof Error && isThrottling(cause)) {
      throw new DependencyThrottledError(`SSM throttles (${cause.name}): could not ${what}.`, {}, { cause });
    }
    throw cause;
  }
}
