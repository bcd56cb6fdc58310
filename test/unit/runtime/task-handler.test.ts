import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigurationError, InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { TaskInput } from '../../../core/lifecycle/task.ts';
import { eventHandler } from '../../../lambdas/runtime/event-handler.ts';
import { streamHandler } from '../../../lambdas/runtime/stream-handler.ts';
import { taskHandler } from '../../../lambdas/runtime/task-handler.ts';
import { lambdaContext } from '../../builders/lambda-events.ts';
import { logged, silenceLogs } from '../../builders/logs.ts';

beforeAll(silenceLogs);

const record = (n: number, isDeletion = false) => ({
  dynamodb: { SequenceNumber: String(n), ...(isDeletion ? {} : { NewImage: { n: { N: String(n) } } }) },
});

const secrets = ['0a1b2c', 'IQoJb3', 'ASIAQ3EGXAMPLE12345', 'AKIAQ3EGXAMPLE67890', 'wJalr'];

/** An error of a client that quotes what it sent. */
function leaking(): Error {
  const url = 'https://b.s3.amazonaws.com/steps/a/1/run-0.json?X-Amz-Credential=ASIAQ3EGXAMPLE12345%2F2030&X-Amz-Security-Token=IQoJb3%2Fx&X-Amz-Signature=0a1b2c&x-id=GetObject';
  const cause = new Error('No right: AKIAQ3EGXAMPLE67890', { cause: new Error('SecretAccessKey=wJalrXUt') });
  return Object.assign(new Error(`Value '${url}' at 'StepUrl' is too long`, { cause }), { name: 'ThrottlingException', request: { url }, code: url });
}

/** All that Lambda's runtime looks at in an error, and the causes that inspecting one shows. */
const asLambdaTells = (thrown: unknown): string => inspect(thrown, { depth: 10, showHidden: true });

const input = { jobId: '01k0', attempt: 1, enter: ['CONFIGURING'] };

describe('taskHandler', () => {
  it('hands on what the state machine sent and answers what the task answers', async () => {
    const seen: TaskInput[] = [];
    const handler = taskHandler({
      run: async (task) => {
        seen.push(task);
        return { kind: 'online' };
      },
    });
    expect(await handler({ ...input, phase: null, token: null, fromNextRelease: 1 }, lambdaContext())).toEqual({ kind: 'online' });
    expect(seen).toEqual([input]);
  });

  it.each([{ byClock: true }, { waitsFor: ['account/us-east-1'] }])('hands on what a job waits for that is to be parked: %j', async (waits) => {
    const seen: TaskInput[] = [];
    const handler = taskHandler({
      run: async (task) => {
        seen.push(task);
        return { kind: 'online' };
      },
    });
    const result = { kind: 'short', untilMs: 1, ...waits };
    await handler({ ...input, result }, lambdaContext());
    expect(seen).toEqual([{ ...input, result }]);
  });

  it('names job and attempt in every log line', async () => {
    const handler = taskHandler({ run: async () => ({ kind: 'online' }) });
    const lines = await logged(() => handler(input, lambdaContext()));
    expect(lines).toEqual([expect.objectContaining({ jobId: '01k0', attempt: 1, answer: { kind: 'online' } })]);
  });

  it('throws on what the task threw, under its own name', async () => {
    const handler = taskHandler({ run: () => Promise.reject(new ConfigurationError('No such AMI.')) });
    await expect(handler(input, lambdaContext())).rejects.toMatchObject({ name: 'ConfigurationError', message: 'No such AMI.' });
  });

  it('throws on no secret, which Lambda would log and Step Functions would keep: not in the message, the stack, a field or a cause', async () => {
    const thrown = await taskHandler({ run: () => Promise.reject(leaking()) })(input, lambdaContext()).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'ThrottlingException', message: expect.stringContaining('StepUrl'), stack: expect.stringContaining('task-handler.test') });
    expect(secrets.filter((secret) => asLambdaTells(thrown).includes(secret))).toEqual([]);
  });

  it.each([undefined, null, 'x', {}, { ...input, attempt: 0 }, { ...input, enter: ['NOWHERE'] }, { ...input, result: { kind: 'maybe' } }])(
    'refuses %j',
    async (event) => {
      const handler = taskHandler({ run: async () => ({ kind: 'online' }) });
      await expect(handler(event, lambdaContext())).rejects.toMatchObject({ name: 'InvalidRequestError' });
    },
  );
});

describe('eventHandler', () => {
  it('hands on an event that fits and refuses another', async () => {
    const seen: string[] = [];
    const handler = eventHandler({ schema: z.object({ id: z.string() }), run: async ({ id }) => void seen.push(id) });
    await handler({ id: 'a', more: true }, lambdaContext());
    await expect(handler({ id: 1 }, lambdaContext())).rejects.toMatchObject({ name: 'InvalidRequestError' });
    expect(seen).toEqual(['a']);
  });

  it('throws on no secret', async () => {
    const thrown = await eventHandler({ schema: z.unknown(), run: () => Promise.reject(leaking()) })({}, lambdaContext()).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'ThrottlingException' });
    expect(secrets.filter((secret) => asLambdaTells(thrown).includes(secret))).toEqual([]);
  });

  it('throws on what the reaction threw, so that Lambda tries again', async () => {
    const handler = eventHandler({ schema: z.unknown(), run: () => Promise.reject(new Error('later')) });
    await expect(handler({}, lambdaContext())).rejects.toThrow('later');
  });

  it('logs what is behind a failure of many parts, each reason once', async () => {
    const parts = Array.from({ length: 30 }, (_, n) => new Error(n % 2 === 0 ? 'no network' : 'no right', { cause: new AggregateError([new TypeError('deep')]) }));
    const failure = new InternalError('30 jobs failed.', { jobIds: ['a', 'b'] }, { cause: new AggregateError(parts) });
    const handler = eventHandler({ schema: z.unknown(), run: () => Promise.reject(failure) });
    const lines = await logged(() => handler({}, lambdaContext()).catch(() => undefined));
    expect(lines).toEqual([expect.objectContaining({
      message: 'Event failed', causes: ['Error: no network', 'TypeError: deep', 'Error: no right'], error: expect.objectContaining({ name: 'InternalError', details: { jobIds: ['a', 'b'] } }),
    })]);
  });
});

describe('streamHandler', () => {
  it('hands on new images in chunks, in order', async () => {
    const seen: unknown[] = [];
    const handler = streamHandler({ chunkSize: 2, run: async (items) => void seen.push(items) });
    const answer = await handler({ Records: [record(1), record(2, true), record(3)] }, lambdaContext());
    expect(seen).toEqual([[{ n: 1 }], [{ n: 3 }]]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('says which jobs are concerned by records that failed', async () => {
    const handler = streamHandler({ chunkSize: 3, run: () => Promise.reject(new Error('not now')) });
    const ofJob = (jobId: string) => ({ dynamodb: { SequenceNumber: '1', NewImage: { jobId: { S: jobId } } } });
    const lines = await logged(() => handler({ Records: [ofJob('a'), ofJob('b'), ofJob('a'), ofJob('c')] }, lambdaContext()));
    expect(lines).toEqual([expect.objectContaining({ message: 'Stream records failed', jobIds: ['a', 'b'] })]);
  });

  it('has the stream deliver again from the first chunk that failed', async () => {
    const handler = streamHandler({
      chunkSize: 2,
      run: async (items) => {
        if (items.some((item) => item['n'] === 4)) throw new Error('not now');
      },
    });
    const answer = await handler({ Records: [1, 2, 3, 4, 5].map((n) => record(n)) }, lambdaContext());
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
  });
});
