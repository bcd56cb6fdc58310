import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operations } from '../../../core/api/operations.ts';
import { jobId as asJobId } from '../../../core/job/ids.ts';
import { traceIdOf } from '../../../core/runtimes/trace-context.ts';
import { aDeployment } from '../../builders/capacity.ts';
import { apiEvent, lambdaContext } from '../../builders/lambda-events.ts';
import { logged, silenceLogs } from '../../builders/logs.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;
type Line = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '../../..');
const jobId = '01k0j3v9m2q8r4t6w8y0a2c4e6';
const traceId = traceIdOf(asJobId(jobId));
const LOADING_MS = 60_000;

/** AWS refuses whatever it is asked: each function that asks it anything has something to log. */
const aws = createServer((_, response) => {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end('{"__type":"AccessDeniedException","message":"no"}');
});

async function functionOf(name: string): Promise<Handler> {
  const { handler } = (await import(join(root, `lambdas/${name}/handler.ts`))) as { readonly handler: Handler };
  return handler;
}

beforeAll(async () => {
  silenceLogs();
  await new Promise<void>((listening) => {
    aws.listen(0, '127.0.0.1', listening);
  });
  const { port } = aws.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1',
    ORCH_DEPLOYMENT: JSON.stringify(aDeployment()),
  });
  await functionOf('lifecycle/acquire-capacity');
}, LOADING_MS);

afterAll(() => {
  aws.closeAllConnections();
  aws.close();
});

/** What a function logs of an event, and how a line looks that the same environment writes after it; lines of metrics aside. */
async function linesOf(name: string, event: unknown): Promise<{ readonly lines: readonly Line[]; readonly metrics: readonly Line[]; readonly after: Line | undefined }> {
  const handler = await functionOf(name);
  const { logger } = await import('../../../lambdas/runtime/telemetry.ts');
  const lines = await logged(async () => {
    await handler(event, lambdaContext()).catch(() => undefined);
    logger.info('after');
  });
  return { lines: lines.filter((line) => !('_aws' in line)).slice(0, -1), metrics: lines.filter((line) => '_aws' in line), after: lines.at(-1) };
}

const functions = (area: string): readonly string[] => globSync(`lambdas/${area}/*/handler.ts`, { cwd: root }).map((file) => file.split('/').slice(1, 3).join('/'));
const listeners = ['lifecycle/on-command-finished', 'lifecycle/on-instance-event', 'lifecycle/reconcile'];

/** What an operation of the API has in its path. */
function pathOf(name: string): Readonly<Record<string, string>> {
  const key = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()).slice('api/'.length);
  const { path } = { path: { shape: {} }, ...operations[key as keyof typeof operations] };
  return Object.fromEntries(Object.entries({ namespace: 'vision', jobId, name: 'cluster', version: '1' }).filter(([part]) => part in path.shape));
}

describe('each line of a function', () => {
  const keysOfJobs = ['jobId', 'attempt', 'namespace', 'traceId', 'requestId', 'user', 'step', 'stepIndex', 'phase', 'node', 'instanceId'];

  it.each(functions('lifecycle').filter((name) => !listeners.includes(name)))('%s has job, attempt, trace, phase and request, and no later line has', async (name) => {
    const { lines, after } = await linesOf(name, { jobId, attempt: 2, enter: [], phase: 'run', step: 1, token: 'token' });
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ jobId, attempt: 2, traceId, requestId: 'invocation-1', phase: 'run', stepIndex: 1 });
    expect(Object.keys(after ?? {}).filter((key) => keysOfJobs.includes(key))).toEqual([]);
  }, LOADING_MS);

  it.each(functions('api'))('%s has request, user and what is asked for, and no later line has', async (name) => {
    const path = pathOf(name);
    const { lines, metrics, after } = await linesOf(name, apiEvent({ pathParameters: path, body: '{}', headers: { 'if-match': '1' } }));
    const asked = Object.fromEntries(Object.entries(path).filter(([part]) => part === 'namespace' || part === 'jobId'));
    for (const line of lines) expect(line).toMatchObject({ requestId: 'request-1', user: 'alice', ...asked, ...('jobId' in path && { traceId }) });
    expect(metrics).toEqual(name === 'api/submit-job' ? [expect.objectContaining({ Submissions: 1 })] : []);
    expect(Object.keys(after ?? {}).filter((key) => keysOfJobs.includes(key))).toEqual([]);
  }, LOADING_MS);

  it.each([
    ['lifecycle/on-command-finished', { detail: { 'command-id': 'a' } }, {}],
    ['lifecycle/on-instance-event', { 'detail-type': 'EC2 Instance State-change Notification', detail: { 'instance-id': 'i-1' } }, { instanceId: 'i-1' }],
    ['lifecycle/reconcile', {}, {}],
    ['queue/schedule-jobs', {}, {}],
  ])('%s has its request', async (name, event, keys) => {
    const { lines } = await linesOf(name, event);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ requestId: 'invocation-1', ...keys });
  }, LOADING_MS);
});
