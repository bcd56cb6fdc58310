import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { OrchestratorError } from '../../core/errors/orchestrator-error.ts';
import { readRequest } from './api-request.ts';
import type { ApiRequest, RequestSchema } from './api-request.ts';
import { asOrchestratorError, problemOf } from './problem.ts';
import { onStack } from './stack.ts';
import { logger } from './telemetry.ts';

/** What an operation answers. A body is sent as JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the API: what it expects and what it does. */
export interface ApiOperation<Schema extends RequestSchema> {
  readonly schema: Schema;
  run(request: ApiRequest<Schema>): Promise<ApiAnswer>;
}

/** A handler of a REST API's proxy integration. */
export type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * Makes an operation a Lambda handler. Whatever the request holds, the answer is JSON with the request id; errors are
 * RFC 9457 problem documents, and only what is nobody's input is a 5xx.
 */
export function apiHandler<Schema extends RequestSchema>(operation: ApiOperation<Schema>): ApiHandler {
  return onStack<APIGatewayProxyEvent, APIGatewayProxyResult>(async (event, context) => {
      const requestId = event.requestContext?.requestId ?? context.awsRequestId;
      logger.appendKeys({ requestId });
      return answer(operation, event, requestId);
    });
}

/** Errors become answers here and not in `onError`, so that a client's mistake is no fault in the trace. */
async function answer<Schema extends RequestSchema>(
  operation: ApiOperation<Schema>,
  event: APIGatewayProxyEvent,
  requestId: string,
): Promise<APIGatewayProxyResult> {
  try {
    const request = readRequest(event, operation.schema);
    logger.appendKeys({ user: request.user, ...jobKeys(request.path) });
    const { status, body, headers } = await operation.run(request);
    return result(status, 'application/json', requestId, body, headers);
  } catch (thrown) {
    const error = asOrchestratorError(thrown);
    const problem = problemOf(error, requestId);
    logFailure(error, problem.status);
    return result(problem.status, 'application/problem+json', requestId, problem.body, problem.headers);
  }
}

function result(
  statusCode: number,
  contentType: string,
  requestId: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'content-type': contentType, 'x-request-id': requestId, 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

function logFailure(error: OrchestratorError, status: number): void {
  if (status >= 500) logger.error('Request failed', error);
  else logger.info('Request refused', { status, error: error.name, detail: error.message });
}

/** Path parameters are validated before they reach a log line. */
function jobKeys(path: unknown): Record<string, unknown> {
  if (typeof path !== 'object' || path === null) return {};
  return Object.fromEntries(Object.entries(path).filter(([name]) => name === 'namespace' || name === 'jobId'));
}
