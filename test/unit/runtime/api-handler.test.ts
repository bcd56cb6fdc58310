import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { JobNotFoundError, QuotaExceededError } from '../../../core/errors/orchestrator-error.ts';
import { apiHandler } from '../../../lambdas/runtime/api-handler.ts';
import type { ApiOperation } from '../../../lambdas/runtime/api-handler.ts';
import { measurement } from '../../../core/metrics/catalogue.ts';
import { submissionMeasurements } from '../../../core/metrics/of-submission.ts';
import { logger, measure } from '../../../lambdas/runtime/telemetry.ts';
import { apiEvent, lambdaContext } from '../../builders/lambda-events.ts';
import { logged, silenceLogs } from '../../builders/logs.ts';

const schema = { path: z.strictObject({ namespace: z.string() }), query: z.strictObject({ limit: z.coerce.number().max(100).default(50) }) };

const call = async (run: ApiOperation<typeof schema>['run'], event = apiEvent({ pathParameters: { namespace: 'vision' } })) => {
  const answer = await apiHandler({ schema, run })(event, lambdaContext());
  return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
};

describe('apiHandler', () => {
  beforeAll(silenceLogs);

  it('hands the validated request to the operation and answers JSON with the request id', async () => {
    const answer = await call(async ({ path, query, user }) => ({ status: 200, body: { path, query, user } }));
    expect(answer.json).toEqual({ path: { namespace: 'vision' }, query: { limit: 50 }, user: 'alice' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'request-1' });
  });

  it('puts request id, user and namespace into the log lines of the invocation, and only into those', async () => {
    const lines = await logged(async () => {
      await call(async () => {
        logger.info('inside');
        return { status: 200, body: {} };
      });
      logger.info('outside');
    });
    expect(lines.map(({ message, requestId, namespace, user }) => ({ message, requestId, namespace, user }))).toEqual([
      { message: 'inside', requestId: 'request-1', namespace: 'vision', user: 'alice' },
      { message: 'outside' },
    ]);
  });

  it('writes what the operation measured', async () => {
    const lines = await logged(async () => {
      await call(async () => {
        measure([measurement('JobsSubmitted', 1, { Namespace: 'vision' })]);
        return { status: 200, body: {} };
      });
    });
    expect(lines).toEqual([expect.objectContaining({ JobsSubmitted: 1 })]);
  });

  describe('of an operation that is measured', () => {
    const measuredOf = async (run: ApiOperation<typeof schema>['run'], event = apiEvent({ pathParameters: { namespace: 'vision' } })) => {
      const lines = await logged(() => apiHandler({ schema, run, measured: submissionMeasurements })(event, lambdaContext()));
      return lines.filter((line) => '_aws' in line);
    };

    it.each([
      ['an answer', async () => ({ status: 201, body: {} }), 0],
      ['a refusal', () => Promise.reject(new QuotaExceededError('Too many.', {})), 0],
      ['a fault', () => Promise.reject(new Error('boom')), 1],
      ['a service that is throttled', () => Promise.reject(Object.assign(new Error('slow'), { $retryable: { throttling: true } })), 1],
    ])('measures %s', async (_, run, faults) => {
      expect(await measuredOf(run)).toEqual([expect.objectContaining({ Submissions: 1, SubmissionFaults: faults, SubmissionSeconds: expect.any(Number) })]);
    });

    it('measures a request that never reached it', async () => {
      expect(await measuredOf(async () => ({ status: 201, body: {} }), apiEvent({ pathParameters: {} }))).toEqual([expect.objectContaining({ Submissions: 1, SubmissionFaults: 0 })]);
    });
  });

  it('answers what the operation throws as a problem document', async () => {
    const answer = await call(async () => {
      throw new JobNotFoundError('No job j in vision.');
    });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(answer.json).toMatchObject({ type: 'urn:orchestrator:problem:job-not-found', detail: 'No job j in vision.', requestId: 'request-1' });
  });

  it('says when to come back', async () => {
    const answer = await call(async () => {
      throw new QuotaExceededError('Too many.', { retryAfterSeconds: 7.2 });
    });
    expect([answer.statusCode, answer.headers?.['retry-after']]).toEqual([429, '8']);
  });

  it('keeps what nobody foresaw for the logs', async () => {
    const answer = await call(async () => {
      throw new Error('password is 1234');
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('1234');
  });

  it.each([{ $retryable: { throttling: true } }, { name: 'ThrottlingException' }, { name: 'ProvisionedThroughputExceededException' }])('tells a throttled service as 503 with Retry-After: %j', async (said) => {
    const answer = await call(async () => {
      throw Object.assign(new Error('slow'), said);
    });
    expect([answer.statusCode, answer.headers?.['retry-after']]).toEqual([503, '5']);
  });

  it('names every wrong parameter at once', async () => {
    const event = apiEvent({ pathParameters: {}, queryStringParameters: { limit: '1000', dryrun: 'true' } });
    const answer = await call(async () => ({ status: 200, body: {} }), event);
    expect(answer.statusCode).toBe(400);
    const paths = (answer.json['errors'] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(['path.namespace', 'query.limit', 'query']);
  });

  it('leaves the parameters of a query signature aside', async () => {
    const event = apiEvent({ pathParameters: { namespace: 'vision' }, queryStringParameters: { 'X-Amz-Signature': 'abc' } });
    expect((await call(async () => ({ status: 204, body: {} }), event)).statusCode).toBe(204);
  });

  it('refuses a body over 300 KiB with 413', async () => {
    const event = apiEvent({ pathParameters: { namespace: 'vision' }, body: 'x'.repeat(300 * 1024 + 1) });
    expect((await call(async () => ({ status: 200, body: {} }), event)).statusCode).toBe(413);
  });

  it('refuses bytes that are not UTF-8 with 400', async () => {
    const event = apiEvent({ pathParameters: { namespace: 'vision' }, body: Buffer.from([0xff, 0xfe]).toString('base64'), isBase64Encoded: true });
    expect((await call(async () => ({ status: 200, body: {} }), event)).statusCode).toBe(400);
  });

  it.each(['gzip', 'br', 'identity, gzip'])('refuses a body in %s with 400, since it would be read as it is', async (encoding) => {
    const event = apiEvent({ pathParameters: { namespace: 'vision' }, headers: { 'Content-Encoding': encoding } });
    const answer = await call(async () => ({ status: 200, body: {} }), event);
    expect([answer.statusCode, answer.json['errors']]).toEqual([400, [expect.objectContaining({ path: 'headers.content-encoding' })]]);
  });

  it('refuses a request without identity with 403', async () => {
    const event = apiEvent({ pathParameters: { namespace: 'vision' }, userArn: null });
    expect((await call(async () => ({ status: 200, body: {} }), event)).statusCode).toBe(403);
  });

  it.each([
    ['arn:aws:iam::123456789012:user/alice', 'alice'],
    ['arn:aws:iam::123456789012:user/research/vision/bob', 'bob'],
    ['arn:aws:sts::123456789012:assumed-role/Researcher/carol@example.org', 'carol@example.org'],
    ['arn:aws:iam::123456789012:root', 'root'],
  ])('calls %s %s', async (userArn, name) => {
    const answer = await call(async ({ user }) => ({ status: 200, body: { user } }), apiEvent({ pathParameters: { namespace: 'vision' }, userArn }));
    expect(answer.json).toEqual({ user: name });
  });

  it('knows who asks and from where, whatever its headers say', async () => {
    const userArn = 'arn:aws:sts::123456789012:assumed-role/team/bob';
    const headers = { 'X-Forwarded-For': '198.51.100.9', 'X-Amzn-RequestId': 'mine' };
    const asked = async (userAgent: string | null, caller = 'AROAEXAMPLE:bob') =>
      JSON.parse((await call(async ({ origin }) => ({ status: 200, body: origin }), apiEvent({ pathParameters: { namespace: 'vision' }, userArn, caller, headers, sourceIp: '2001:db8::7', userAgent }))).body) as unknown;
    expect(await asked(`orch ${'x'.repeat(8000)}`)).toEqual({ principal: userArn, principalId: 'AROAEXAMPLE', sourceIp: '2001:db8::7', userAgent: `orch ${'x'.repeat(155)}`, requestId: 'request-1' });
    expect(await asked(null, '')).toEqual({ principal: userArn, sourceIp: '2001:db8::7', requestId: 'request-1' });
  });
});
