import type { Problem } from './types.ts';

/** The service refused a request, or could not serve it; `problem` is its RFC 9457 document. */
export class OrchestratorApiError extends Error {
  override readonly name = 'OrchestratorApiError';
  readonly status: number;
  readonly problem: Problem;
  /** What API Gateway calls the error, when it answered before the service did: `ExpiredTokenException` and such. */
  readonly gatewayCode: string | undefined;
  /** After how many seconds to come back, where the service says so: with 429 and 503. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, { gatewayCode, retryAfterSeconds }: { readonly gatewayCode?: string | undefined; readonly retryAfterSeconds?: number | undefined } = {}) {
    super(problem.detail);
    this.status = problem.status;
    this.problem = problem;
    this.gatewayCode = gatewayCode;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer came: the service's address is wrong, it is not running, or the network is broken. */
export class OrchestratorConnectionError extends Error {
  override readonly name = 'OrchestratorConnectionError';
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}: ${reasonOf(cause)}.`, { cause });
    this.url = url;
  }
}

/** There are no usable AWS credentials to sign a request with. */
export class OrchestratorCredentialsError extends Error {
  override readonly name = 'OrchestratorCredentialsError';

  constructor(cause: unknown) {
    super(`No AWS credentials to sign requests with: ${reasonOf(cause)}.`, { cause });
  }
}

/** The client was not told where the service is, or in which region. */
export class OrchestratorConfigurationError extends Error {
  override readonly name = 'OrchestratorConfigurationError';
}

/** `fetch` hides what went wrong in its error's cause. Errors of the platform may come from another realm: no `instanceof`. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return reasonOf(error.errors[0]);
  if ('cause' in error && error.cause !== undefined) return reasonOf(error.cause);
  return 'message' in error && typeof error.message === 'string' ? error.message.replace(/\.$/, '') : 'unknown reason';
}

/** Reads the problem document of an answer; whatever else it holds becomes one. */
export function apiError(response: Response, body: unknown): OrchestratorApiError {
  const gatewayCode = response.headers.get('x-amzn-errortype')?.split(':')[0];
  const requestId = response.headers.get('x-request-id') ?? response.headers.get('x-amzn-requestid') ?? '';
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem> & { readonly message?: string; readonly Message?: string }) : {};
  const title = given.title ?? (response.statusText || `HTTP ${response.status}`);
  const text = typeof body === 'string' ? body.trim().slice(0, 500) : '';
  const problem: Problem = {
    type: given.type ?? 'about:blank',
    title,
    status: response.status,
    detail: given.detail ?? given.message ?? given.Message ?? (text || title),
    instance: given.instance ?? '',
    requestId: given.requestId ?? requestId,
    ...(Array.isArray(given.errors) ? { errors: given.errors } : {}),
  };
  return new OrchestratorApiError(problem, { gatewayCode, retryAfterSeconds: secondsToWait(response) });
}

/** What `Retry-After` asks for, in seconds; `undefined` where it is not a number of them. */
export function secondsToWait({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? 0);
  return seconds > 0 ? seconds : undefined;
}
