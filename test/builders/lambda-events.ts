import type { APIGatewayProxyEvent, Context } from 'aws-lambda';

/** What tests say about a request; the rest is as API Gateway sends it. */
export interface ApiEventParts {
  readonly httpMethod?: string;
  readonly path?: string;
  readonly pathParameters?: Record<string, string> | null;
  readonly queryStringParameters?: Record<string, string> | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly userArn?: string | null;
  readonly caller?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string | null;
}

/** The event of a REST API's proxy integration with IAM authorization. */
export function apiEvent(parts: ApiEventParts = {}): APIGatewayProxyEvent {
  const { userArn = 'arn:aws:iam::123456789012:user/alice', caller, sourceIp = '192.0.2.7', userAgent = 'orch/0.1.0', ...event } = parts;
  const requestContext = { requestId: 'request-1', identity: { userArn, caller, sourceIp, userAgent }, httpMethod: event.httpMethod ?? 'GET', stage: 'v1' };
  return {
    httpMethod: 'GET',
    path: '/',
    resource: '/',
    pathParameters: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    headers: {},
    multiValueHeaders: {},
    body: null,
    isBase64Encoded: false,
    ...event,
    requestContext: requestContext as APIGatewayProxyEvent['requestContext'],
  };
}

/** The context of an invocation. */
export function lambdaContext(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:test',
    memoryLimitInMB: '512',
    awsRequestId: 'invocation-1',
    logGroupName: 'test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 30_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
