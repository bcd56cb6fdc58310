import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { z } from 'zod';
import { LONGEST_USER_AGENT, type Origin } from '../../core/audit/origin.ts';
import { ForbiddenError, InvalidRequestError, PayloadTooLargeError } from '../../core/errors/orchestrator-error.ts';
import { jobKeys } from './job-keys.ts';
import { logKeys } from './logger.ts';

/** So much is read of a body: a manifest of 256 KiB with what JSON adds to it. */
const MAX_BODY_BYTES = 300 * 1024;

/** What an operation expects. `body` is for JSON; operations that read other formats take `text`. */
export interface RequestSchema {
  readonly path?: z.ZodType;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: z.ZodType;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : Readonly<Record<string, never>>;

/** A request that was read and validated. */
export interface ApiRequest<Schema extends RequestSchema> {
  readonly path: Output<Schema['path']>;
  readonly query: Output<Schema['query']>;
  readonly headers: Output<Schema['headers']>;
  readonly body: Output<Schema['body']>;
  /** The body as text, empty when there is none. */
  readonly text: string;
  /** Media type of the body in lower case, without parameters. */
  readonly mediaType: string | undefined;
  /** The IAM user's name or the role session's name. */
  readonly user: string;
  /** Who that is, and where the request came from. */
  readonly origin: Origin;
}

/** One thing that is wrong with a request: `query.limit`, `body.priority`. */
interface RequestProblem {
  readonly code: 'invalid-parameter';
  readonly path: string;
  readonly message: string;
}

/**
 * Reads the event of a REST API's proxy integration. From here on log lines say who asks, and for what.
 *
 * @throws PayloadTooLargeError, ForbiddenError, InvalidRequestError; the last with everything that is wrong at once.
 */
export function readRequest<Schema extends RequestSchema>(event: APIGatewayProxyEvent, schema: Schema): ApiRequest<Schema> {
  const user = userOf(event.requestContext?.identity?.userArn ?? undefined);
  logKeys({ user });
  const headers = lowerCaseKeys(event.headers ?? {});
  refuseEncoding(headers['content-encoding']);
  const text = readText(event);
  const problems: RequestProblem[] = [];
  const check = (part: string, of: z.ZodType | undefined, value: unknown): unknown => {
    if (of === undefined) return {};
    const result = of.safeParse(value);
    if (result.success) return result.data;
    problems.push(...result.error.issues.map((issue) => describeIssue(part, issue)));
    return undefined;
  };
  const askedFor = check('path', schema.path, event.pathParameters ?? {});
  logKeys(keysOf(askedFor));
  const request = {
    path: askedFor,
    query: check('query', schema.query, withoutSignature(event.queryStringParameters ?? {})),
    headers: check('headers', schema.headers, headers),
    body: schema.body === undefined ? {} : check('body', schema.body, parseJson(text)),
    text,
    mediaType: headers['content-type']?.split(';')[0]?.trim().toLowerCase(),
    user,
    origin: originOf(event),
  };
  if (problems.length > 0) {
    const list = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new InvalidRequestError(`The request is not acceptable: ${list}.`, { problems });
  }
  return request as ApiRequest<Schema>;
}

/**
 * The caller's name: of an IAM user its own, of a role's session the session's.
 *
 * @throws ForbiddenError for a request without a signature.
 */
function userOf(userArn: string | undefined): string {
  const resource = userArn?.split(':').slice(5).join(':');
  const name = resource?.split('/').at(-1);
  if (name === undefined || name === '') throw new ForbiddenError('The request carries no identity: sign it with SigV4.');
  return name;
}

/** Path parameters are validated before they reach a log line. */
function keysOf(path: unknown): Readonly<Record<string, string | number>> {
  if (typeof path !== 'object' || path === null) return {};
  const { namespace, jobId } = path as { readonly namespace?: unknown; readonly jobId?: unknown };
  return {
    ...(typeof namespace === 'string' && { namespace }),
    ...(typeof jobId === 'string' && jobKeys({ jobId })),
  };
}

/** What API Gateway knows of the caller. The address is that of the connection: what clients say in headers of proxies is not asked. */
function originOf({ requestContext }: APIGatewayProxyEvent): Origin {
  const { userArn, caller, sourceIp, userAgent } = requestContext.identity;
  // Of a role's session the name follows, which the ARN has.
  const principalId = caller?.split(':')[0];
  return {
    principal: userArn ?? '',
    ...(principalId ? { principalId } : {}),
    sourceIp: sourceIp ?? '',
    ...(userAgent ? { userAgent: userAgent.slice(0, LONGEST_USER_AGENT).toWellFormed() } : {}),
    requestId: requestContext.requestId,
  };
}

/** API Gateway hands bodies on as they come, and a compressed one would be read as a very strange manifest. */
function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || /^\s*(?:identity\s*)?$/i.test(encoding)) return;
  const problems = [{ code: 'invalid-parameter', path: 'headers.content-encoding', message: 'bodies are read as they are: send them uncompressed' }];
  throw new InvalidRequestError('The body is compressed or encoded: send it as it is.', { problems });
}

function readText(event: APIGatewayProxyEvent): string {
  const body = event.body ?? '';
  const bytes = Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new PayloadTooLargeError(`The body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are read.`, { bytes: bytes.length, limit: MAX_BODY_BYTES });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InvalidRequestError('The body is not UTF-8 text.', {}, { cause: error });
  }
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new InvalidRequestError('A JSON body is required.');
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message.slice(0, 200).toWellFormed()}` : '';
    throw new InvalidRequestError(`The body is not JSON${why}.`, {}, { cause: error });
  }
}

function describeIssue(part: string, issue: z.core.$ZodIssue): RequestProblem {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 10) : [];
  const path = [part, ...issue.path.map(String)].join('.');
  const message = keys.length > 0 ? `unknown: ${keys.map((key) => JSON.stringify(key.slice(0, 100))).join(', ')}` : issue.message;
  return { code: 'invalid-parameter', path: path.slice(0, 300).toWellFormed(), message: message.toWellFormed() };
}

/** A request may be signed in its query string; those parameters are not the operation's. */
function withoutSignature(query: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !/^x-amz-/i.test(name)));
}

function lowerCaseKeys(headers: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
