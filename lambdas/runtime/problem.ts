import type { Problem } from '../../core/api/problem-view.ts';
import {
  DependencyThrottledError,
  InternalError,
  OrchestratorError,
} from '../../core/errors/orchestrator-error.ts';
import type { ErrorName } from '../../core/errors/orchestrator-error.ts';
import { isThrottling } from '../adapters/throttling.ts';

/** An answer in the form of RFC 9457, with its status and headers. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

const kinds: Readonly<Record<ErrorName, { readonly status: number; readonly title: string }>> = {
  InvalidRequestError: { status: 400, title: 'The request cannot be read' },
  InvalidManifestError: { status: 422, title: 'The manifest is not acceptable' },
  InvalidSharesError: { status: 422, title: 'The shares are not acceptable' },
  ForbiddenError: { status: 403, title: 'Not allowed' },
  JobNotFoundError: { status: 404, title: 'No such job' },
  ManifestNotFoundError: { status: 404, title: 'No such manifest' },
  SharesNotFoundError: { status: 404, title: 'No such version of the shares' },
  VersionConflictError: { status: 409, title: 'Changed by somebody else in between' },
  InvalidTransitionError: { status: 409, title: 'Not possible in this state' },
  IdempotencyKeyReusedError: { status: 422, title: 'The idempotency key belongs to another request' },
  PayloadTooLargeError: { status: 413, title: 'The body is too large' },
  QuotaExceededError: { status: 429, title: 'A limit is reached' },
  DependencyThrottledError: { status: 503, title: 'AWS asks to slow down' },
  ConfigurationError: { status: 500, title: 'Something went wrong' },
  LeaseLostError: { status: 500, title: 'Something went wrong' },
  SchedulerBusyError: { status: 409, title: 'The scheduler is at work' },
  BeyondShareError: { status: 422, title: 'More than the share allows' },
  InternalError: { status: 500, title: 'Something went wrong' },
};

const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** The problem document of an error. What nobody foresaw keeps its message for the logs. */
export function problemOf(error: OrchestratorError, requestId: string): ProblemAnswer {
  const { status, title } = kinds[error.name];
  const isOurs = status >= 500 && status !== 503;
  const problems = error.details['problems'];
  return {
    status,
    headers: status === 429 || status === 503 ? { 'retry-after': String(retryAfterSeconds(error)) } : {},
    body: {
      type: problemType(isOurs ? 'InternalError' : error.name),
      title,
      status,
      detail: isOurs ? 'The request id leads to the details in the logs.' : error.message,
      instance: `urn:orchestrator:request:${requestId}`,
      requestId,
      ...(isOurs || !isProblemList(problems) ? {} : { errors: [...problems] }),
    },
  };
}

/** Whoever throws a client's error with problems lists them in this form. */
function isProblemList(problems: unknown): problems is NonNullable<Problem['errors']> {
  return Array.isArray(problems) && problems.every((entry) => typeof entry === 'object' && entry !== null && 'path' in entry && 'message' in entry);
}

/** `InvalidManifestError` is `urn:orchestrator:problem:invalid-manifest`. */
function problemType(name: ErrorName): string {
  const kebab = name.replace(/Error$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return `urn:orchestrator:problem:${kebab}`;
}

/** Whatever was thrown, as one of the product's errors; what was thrown stays as its cause. */
export function asOrchestratorError(error: unknown): OrchestratorError {
  if (error instanceof OrchestratorError) return error;
  if (isThrottling(error)) return new DependencyThrottledError('An AWS service asks to slow down.', {}, { cause: error });
  return new InternalError('Unexpected error.', {}, { cause: error });
}

function retryAfterSeconds(error: OrchestratorError): number {
  const seconds = error.details['retryAfterSeconds'];
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : DEFAULT_RETRY_AFTER_SECONDS;
}
