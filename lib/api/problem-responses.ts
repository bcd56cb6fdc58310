import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/**
 * What API Gateway answers itself, before any function of ours: the same problem documents (RFC 9457), with the same
 * request id header.
 */
const answers = [
  // All refusals without an entry of their own are of callers whom AWS cannot make out: an unknown access key, an
  // Authorization header that is none.
  { type: ResponseType.DEFAULT_4XX, status: '403', name: 'forbidden', title: 'The caller is not known' },
  { type: ResponseType.DEFAULT_5XX, status: '500', name: 'internal', title: 'The request could not be served' },
  { type: ResponseType.ACCESS_DENIED, status: '403', name: 'forbidden', title: 'The caller may not do this' },
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, status: '403', name: 'forbidden', title: 'The request is not signed, or there is no such route' },
  { type: ResponseType.INVALID_SIGNATURE, status: '403', name: 'forbidden', title: 'The signature is not valid' },
  { type: ResponseType.EXPIRED_TOKEN, status: '403', name: 'forbidden', title: 'The credentials have expired' },
  { type: ResponseType.WAF_FILTERED, status: '403', name: 'forbidden', title: 'The firewall refused the request' },
  { type: ResponseType.BAD_REQUEST_BODY, status: '400', name: 'invalid-request', title: 'The body is not acceptable' },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, status: '400', name: 'invalid-request', title: 'The parameters are not acceptable' },
  { type: ResponseType.RESOURCE_NOT_FOUND, status: '404', name: 'not-found', title: 'There is no such route' },
  { type: ResponseType.REQUEST_TOO_LARGE, status: '413', name: 'payload-too-large', title: 'The body is too large' },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, status: '415', name: 'invalid-request', title: 'The media type is not supported' },
  { type: ResponseType.THROTTLED, status: '429', name: 'quota-exceeded', title: 'Too many requests', retryAfterSeconds: 1 },
  { type: ResponseType.QUOTA_EXCEEDED, status: '429', name: 'quota-exceeded', title: 'Too many requests', retryAfterSeconds: 60 },
  { type: ResponseType.INTEGRATION_FAILURE, status: '502', name: 'internal', title: 'The function did not answer' },
  { type: ResponseType.INTEGRATION_TIMEOUT, status: '504', name: 'internal', title: 'The function did not answer in time' },
] as const satisfies readonly Answer[];

interface Answer {
  readonly type: ResponseType;
  readonly status: string;
  readonly name: string;
  readonly title: string;
  readonly retryAfterSeconds?: number;
}

/** Adds these answers to an API. */
export function addProblemResponses(api: RestApi): void {
  for (const answer of answers) addProblemResponse(api, answer);
}

function addProblemResponse(api: RestApi, { type, status, name, title, retryAfterSeconds }: Answer): void {
  // messageString is quoted by API Gateway, the others are identifiers; the path is the caller's and is left out.
  const body = `{"type":"urn:orchestrator:problem:${name}","title":${JSON.stringify(title)},"status":${status},`
    + '"detail":$context.error.messageString,"instance":"urn:orchestrator:request:$context.requestId",'
    + '"requestId":"$context.requestId"}';
  api.addGatewayResponse(`Problem-${type.responseType}`, {
    type,
    statusCode: status,
    responseHeaders: {
      'x-request-id': 'context.requestId',
      'Content-Type': "'application/problem+json'",
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': `'${retryAfterSeconds}'` }),
    },
    templates: { 'application/json': body },
  });
}
