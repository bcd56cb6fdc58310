import { describe, expect, it } from '@jest/globals';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { JobEventPublisher } from '../../../../lambdas/adapters/eventbridge/job-event-publisher.ts';

const call = z.object({ Entries: z.array(z.object({ DetailType: z.string(), Detail: z.string() })) });

/** A client whose calls are kept and go nowhere. */
function listened() {
  const events = new EventBridgeClient({ region: 'us-east-1' });
  const details: unknown[] = [];
  events.middlewareStack.add(() => async ({ input }) => {
    details.push(...call.parse(input).Entries.map(({ Detail }): unknown => JSON.parse(Detail)));
    return { output: { $metadata: {}, FailedEntryCount: 0 }, response: {} };
  }, { step: 'initialize' });
  return { publisher: new JobEventPublisher(events, 'bus'), details };
}

describe('events on the bus', () => {
  const item = { jobId: '01hjob0000000000000000000a', namespace: 'research', number: 3, atMs: 1000, attempt: 1, type: 'CapacityAcquired', message: '3 nodes' };

  it('name the provider of a job that has not the default one, so that rehearsals are not counted with jobs', async () => {
    const { publisher, details } = listened();
    await publisher.publish([{ ...item, provider: 'simulated' }, item]);
    expect(details).toEqual([{ ...item, provider: 'simulated', at: '1970-01-01T00:00:01.000Z' }, { ...item, at: '1970-01-01T00:00:01.000Z' }]);
  });

  it('tell what operators did, with who did it where histories of jobs have it', async () => {
    const { publisher, details } = listened();
    const origin = { principal: 'arn:aws:iam::123456789012:user/ada', sourceIp: '192.0.2.7', requestId: 'r-1' };
    const entry = { id: '01j', atMs: 1000, action: 'Paused', target: 'queue', reason: 'maintenance' };
    await publisher.publish([{ pk: 'AUDIT', sk: '01j', ...entry, by: 'ada', origin }, item, { pk: 'AUDIT', sk: '01j', ...entry, by: 'bob' }]);
    const { action: type, ...rest } = entry;
    const told = { ...rest, type, at: '1970-01-01T00:00:01.000Z' };
    expect(details).toEqual([{ ...told, data: { by: 'ada', origin } }, { ...item, at: '1970-01-01T00:00:01.000Z' }, { ...told, data: { by: 'bob' } }]);
  });
});
