/** How services of AWS say that they are asked too often, as names of errors and in the reasons of a cancelled transaction. */
const names: ReadonlySet<string> = new Set([
  'ThrottlingException', 'ThrottlingError', 'ThrottledException', 'Throttling', 'RateExceeded', 'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException',
  'TooManyRequestsException', 'SlowDown', 'ProvisionedThroughputExceededException', 'ProvisionedThroughputExceeded',
]);

/** Whether a service asks to slow down: by the name of its error, which few models list, or by the mark of those that do. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && (isThrottlingName(error.name) || isMarked(error));
}

export const isThrottlingName = (name: string): boolean => names.has(name);

function isMarked(error: Error): boolean {
  if (!('$retryable' in error)) return false;
  const hint = error.$retryable;
  return typeof hint === 'object' && hint !== null && 'throttling' in hint && hint.throttling === true;
}
