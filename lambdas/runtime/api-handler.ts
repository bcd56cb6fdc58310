import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { OrchestratorError } from '../../core/errors/orchestrator-error.ts';
import type { Measurement } from '../../core/metrics/catalogue.ts';
import type { Answered } from '../../core/metrics/of-submission.ts';
import { readRequest } from './api-request.ts';
import type { ApiRequest, RequestSchema } from './api-request.ts';
import { asOrchestratorError, problemOf } from './problem.ts';
import { onStack } from './stack.ts';
import { logKeys } from './logger.ts';
import { logger, measure } from './telemetry.ts';

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
  /** What is measured of each answer, those to refused requests and to faults included. Absent: nothing. */
  readonly measured?: (answered: Answered) => readonly Measurement[];
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
      logKeys({ requestId });
      const fromMs = performance.now();
      const answered = await answer(operation, event, requestId);
      if (operation.measured !== undefined) measure(operation.measured({ status: answered.statusCode, seconds: (performance.now() - fromMs) / 1000 }));
      return answered;
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
