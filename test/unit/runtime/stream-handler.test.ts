import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { streamHandler } from '../../../lambdas/runtime/stream-handler.ts';
import { logger } from '../../../lambdas/runtime/telemetry.ts';
import { lambdaContext } from '../../builders/lambda-events.ts';

/** Items with the number that the stream gave them. */
function aBatch(count: number): DynamoDBStreamEvent {
  return { Records: Array.from({ length: count }, (_, i) => ({ dynamodb: { SequenceNumber: String(100 + i), NewImage: { number: { N: String(i) } } } })) };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a reaction to a stream', () => {
  it('is followed once for the whole batch', async () => {
    const seen: unknown[] = [];
    const handler = streamHandler({ chunkSize: 2, run: async (items) => void seen.push(items.length), afterwards: async (items) => void seen.push(items.map(({ number }) => number)) });
    expect(await handler(aBatch(5), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([2, 2, 1, [0, 1, 2, 3, 4]]);
  });

  it('that fails is delivered again from its chunk on, and what went before is followed', async () => {
    jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    const followed: unknown[] = [];
    const handler = streamHandler({
      chunkSize: 2,
      run: async (items) => { if (items.some(({ number }) => number === 3)) throw new Error('refused'); },
      afterwards: async (items) => void followed.push(...items.map(({ number }) => number)),
    });
    expect(await handler(aBatch(6), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: '102' }] });
    expect(followed).toEqual([0, 1]);
  });

  it('that has an item which nobody understands is delivered again from the chunk of that on', async () => {
    const said = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    const done: unknown[] = [];
    const handler = streamHandler({ chunkSize: 2, run: async (items) => void done.push(...items.map(({ number }) => number)) });
    const { Records } = aBatch(2);
    const odd = { dynamodb: { SequenceNumber: '102', NewImage: { jobId: { S: 'one' }, odd: { X: '1' } } } };
    expect(await handler({ Records: [...Records, odd] } as DynamoDBStreamEvent, lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: '102' }] });
    expect(done).toEqual([0, 1]);
    expect(said).toHaveBeenCalledWith('Stream records failed', expect.objectContaining({ jobIds: ['one'] }));
  });

  it('is not delivered again for what fails afterwards', async () => {
    const said = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    const handler = streamHandler({ chunkSize: 2, run: async () => undefined, afterwards: () => Promise.reject(new Error('no telemetry')) });
    expect(await handler(aBatch(2), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(said.mock.calls.map(([message]) => message)).toEqual(['What follows stream records failed']);
  });
});
