/** How services of AWS say that they are asked too often. */
const names: ReadonlySet<string> = new Set([
  'ThrottlingException', 'ThrottledException', 'Throttling', 'RateExceeded', 'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException', 'TooManyRequestsException', 'SlowDown',
]);

/** Whether a service asks to slow down: by the name of its error, which few models list, or by the mark of those that do. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && (names.has(error.name) || isMarked(error));
}

function isMarked(error: Error): boolean {
  if (!('$retryable' in error)) return false;
  const hint = error.$retryable;
  return typeof hint === 'object' && hint !== null && 'throttling' in hint && hint.throttling === true;
}
