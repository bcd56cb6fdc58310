import { withoutSecrets } from '../../core/logs/without-secrets.ts';

/** So deep causes are looked at. */
const MOST_CAUSES = 5;

/**
 * What was thrown as it may leave a function. Lambda writes name, message, stack and fields of an error into the log by
 * itself, answers the first three, and Step Functions puts them into the history of a job: none of it passes our logger.
 *
 * @returns an error with the same name and without secrets in its message, its stack and its causes; it has no further fields
 */
export function asMayLeave(thrown: unknown): Error {
  return copyOf(thrown, MOST_CAUSES);
}

function copyOf(thrown: unknown, causes: number): Error {
  const { name, message, stack, cause } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const copy = new Error(cleared(message), cause === undefined || causes === 0 ? {} : { cause: copyOf(cause, causes - 1) });
  // As an error's own name and stack are: not among its fields.
  Object.defineProperty(copy, 'name', { value: name, configurable: true, writable: true });
  Object.defineProperty(copy, 'stack', { value: stack === undefined ? undefined : cleared(stack), configurable: true, writable: true });
  return copy;
}

const cleared = (text: string): string => String(withoutSecrets('', text));
