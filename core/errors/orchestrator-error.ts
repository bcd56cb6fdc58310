/**
 * Every error that the product throws on purpose, in one list. Clients, alarms and the state machine match `name`,
 * which is a string literal because minifiers rename classes.
 */
export const errorNames = [
  'InvalidRequestError',
  'InvalidManifestError',
  'InvalidSharesError',
  'ForbiddenError',
  'JobNotFoundError',
  'ManifestNotFoundError',
  'SharesNotFoundError',
  'VersionConflictError',
  'InvalidTransitionError',
  'IdempotencyKeyReusedError',
  'PayloadTooLargeError',
  'QuotaExceededError',
  'DependencyThrottledError',
  'ConfigurationError',
  'LeaseLostError',
  'SchedulerBusyError',
  'BeyondShareError',
  'InternalError',
] as const;

export type ErrorName = (typeof errorNames)[number];

/** What a caller can do about it: mend the input, wait, or tell the operator. */
export type ErrorKind = 'client' | 'conflict' | 'throttled' | 'internal';

/** JSON-safe facts beside the message; never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Base of all errors of the product. `retryable` says whether the very same call may succeed later. */
export abstract class OrchestratorError extends Error {
  abstract override readonly name: ErrorName;
  abstract readonly kind: ErrorKind;
  abstract readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.details = details;
  }
}

/** The request is not readable: no JSON or YAML, a missing part, a parameter of the wrong form. */
export class InvalidRequestError extends OrchestratorError {
  readonly name = 'InvalidRequestError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** The manifest was read and is not acceptable; `details.problems` lists every problem with its place. */
export class InvalidManifestError extends OrchestratorError {
  readonly name = 'InvalidManifestError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** The share document was read and is not acceptable; `details.problems` lists every problem with its place. */
export class InvalidSharesError extends OrchestratorError {
  readonly name = 'InvalidSharesError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** The caller may not do this. */
export class ForbiddenError extends OrchestratorError {
  readonly name = 'ForbiddenError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** No job of that id in that namespace. */
export class JobNotFoundError extends OrchestratorError {
  readonly name = 'JobNotFoundError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** No manifest of that name, or no such version of it, in that namespace. */
export class ManifestNotFoundError extends OrchestratorError {
  readonly name = 'ManifestNotFoundError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** No such version of the shares. */
export class SharesNotFoundError extends OrchestratorError {
  readonly name = 'SharesNotFoundError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** Somebody else changed the item in between: read it again and decide anew. */
export class VersionConflictError extends OrchestratorError {
  readonly name = 'VersionConflictError';
  readonly kind = 'conflict';
  readonly retryable = true;
}

/** The job is in a state that does not allow this (for instance a cancel while it is being destroyed). */
export class InvalidTransitionError extends OrchestratorError {
  readonly name = 'InvalidTransitionError';
  readonly kind = 'conflict';
  readonly retryable = false;
}

/** The idempotency key was used before, with another request. */
export class IdempotencyKeyReusedError extends OrchestratorError {
  readonly name = 'IdempotencyKeyReusedError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** The body is larger than what is accepted. */
export class PayloadTooLargeError extends OrchestratorError {
  readonly name = 'PayloadTooLargeError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** A limit of the deployment is reached; `details.retryAfterSeconds` says when to come back. */
export class QuotaExceededError extends OrchestratorError {
  readonly name = 'QuotaExceededError';
  readonly kind = 'throttled';
  readonly retryable = true;
}

/** An AWS API asks us to slow down and the retries of the client are used up. */
export class DependencyThrottledError extends OrchestratorError {
  readonly name = 'DependencyThrottledError';
  readonly kind = 'throttled';
  readonly retryable = true;
}

/** The deployment lacks something: an environment variable, an image, a subnet. */
export class ConfigurationError extends OrchestratorError {
  readonly name = 'ConfigurationError';
  readonly kind = 'internal';
  readonly retryable = false;
}

/** Another scheduler took the lease: what this one decided is void. */
export class LeaseLostError extends OrchestratorError {
  readonly name = 'LeaseLostError';
  readonly kind = 'conflict';
  readonly retryable = false;
}

/** The scheduler is at work, and what was asked for needs it to stand still: the same call may succeed in a moment. */
export class SchedulerBusyError extends OrchestratorError {
  readonly name = 'SchedulerBusyError';
  readonly kind = 'conflict';
  readonly retryable = true;
}

/** A job asks for what its share never allows: a higher priority, or more than a limit. `details.problems` lists it. */
export class BeyondShareError extends OrchestratorError {
  readonly name = 'BeyondShareError';
  readonly kind = 'client';
  readonly retryable = false;
}

/** Anything that nobody foresaw. Its message stays in the logs; clients see the request id. */
export class InternalError extends OrchestratorError {
  readonly name = 'InternalError';
  readonly kind = 'internal';
  readonly retryable = false;
}
