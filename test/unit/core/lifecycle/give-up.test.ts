import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Cooldown } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { admit } from '../../../../core/lifecycle/admit.ts';
import { newAttempt } from '../../../../core/lifecycle/amend.ts';
import { giveUp, queueTimeoutReason } from '../../../../core/lifecycle/give-up.ts';
import { retry } from '../../../../core/lifecycle/retry.ts';
import { capacityDeadline, timeoutReason } from '../../../../core/lifecycle/time-over.ts';
import { isAllowed } from '../../../../core/lifecycle/transitions.ts';
import { aHold, aJob } from '../../../builders/job.ts';

const now = epochMs(2_000_000);
const reason = { code: 'CapacityTimeout', message: 'There was none.' };
const market = { region: 'us-east-1', subnets: { 'us-east-1a': 'subnet-a', 'us-east-1b': 'subnet-b' } };
const short = (zone: string, instanceType = 'm6i.xlarge'): Cooldown => ({
  scope: { kind: 'offering', offering: { instanceType, zone, market: 'on-demand' } }, code: 'InsufficientInstanceCapacity', failures: 2, sinceMs: now, untilMs: now,
});

describe('a job that is given up in the queue', () => {
  it('ends as NO_CAPACITY by an arrow of the table, out of the queue', () => {
    const job = aJob({ capacityTimeoutSeconds: 60 });
    const { after, events, dequeue, enqueue, attempt, release } = giveUp(job, reason, now);
    expect(after).toMatchObject({ state: 'DONE', outcome: 'NO_CAPACITY', reason, endedAtMs: now, revision: 2 });
    expect(events).toMatchObject([{ type: 'StateChanged', from: 'PENDING', to: 'DONE', message: reason.message, data: { outcome: 'NO_CAPACITY' } }]);
    expect(isAllowed('PENDING', 'DONE')).toBe(true);
    expect(dequeue?.jobId).toBe(job.jobId);
    expect([enqueue, attempt, release]).toEqual([undefined, undefined, undefined]);
  });

  it('waits for its next attempt where its retry policy says so, for its whole time again', () => {
    const job = aJob({ retry: { maxAttempts: 2, on: ['NO_CAPACITY'] } });
    const { after, events, dequeue, enqueue } = giveUp(job, reason, now);
    expect(after).toMatchObject({ state: 'PENDING', attempt: 2, queuedAtMs: now });
    expect(after).not.toHaveProperty('outcome');
    expect(events).toMatchObject([{ type: 'AttemptRetried', message: 'Attempt 1 ended NO_CAPACITY: There was none. Attempt 2 of 2 waits in the queue.', attempt: 1 }]);
    expect([dequeue?.queuedAtMs, enqueue?.queuedAtMs]).toEqual([undefined, now]);
    expect(giveUp(after, reason, now).after).toMatchObject({ state: 'DONE', outcome: 'NO_CAPACITY', attempt: 2 });
  });

  it('is told what there was none of, and since when', () => {
    const cooldowns = [short('us-east-1b'), short('us-east-1a'), short('us-east-1a', 'p5.48xlarge')];
    expect(queueTimeoutReason(aJob({ capacityTimeoutSeconds: 60 }), epochMs(0), cooldowns, market)).toEqual({
      code: 'CapacityTimeout',
      message: 'Nothing that it may be launched as was to be had from 1970-01-01T00:00:00.000Z on: offering/m6i.xlarge/us-east-1a/on-demand (InsufficientInstanceCapacity), '
        + 'offering/m6i.xlarge/us-east-1b/on-demand (InsufficientInstanceCapacity). Its 60 s are over; it waited in the queue while other jobs asked.',
    });
  });

  it('is told so within few words, however much there was none of', () => {
    const types = Array.from({ length: 20 }, (_, i) => `m6i.${i}xlarge`);
    const job = aJob({ demand: { ...aJob().demand, pools: [{ nodes: 1, vcpus: 4, types, markets: ['on-demand'] }] } });
    const { message } = queueTimeoutReason(job, now, types.map((type) => short('us-east-1a', type)), market);
    expect(message).toMatch(/, and 14 more\. Its/);
  });
});

describe('the search of a job that was held back before', () => {
  const [timeout, held] = [fc.integer({ min: 60, max: 7200 }), fc.integer({ min: 0, max: 10_000 })];

  it('counts from then, and has the time of a turn at least', () => {
    fc.assert(
      fc.property(timeout, held, (capacityTimeoutSeconds, heldSeconds) => {
        const { after } = admit(aJob({ capacityTimeoutSeconds }), {}, now, { heldSinceMs: epochMs(now - heldSeconds * 1000) });
        expect((capacityDeadline(after) - now) / 1000).toBe(Math.max(Math.min(300, capacityTimeoutSeconds), capacityTimeoutSeconds - heldSeconds));
      }),
    );
  });

  it('counts from its admission where it was not', () => {
    const { after } = admit(aJob({ capacityTimeoutSeconds: 60 }), {}, now);
    expect(after).not.toHaveProperty('seekingSinceMs');
    expect(timeoutReason(after).message).toBe('No zone had the whole gang within 60 s of its admission.');
  });

  it('is said in the reason, and forgotten by the next attempt, which comes into the queue now', () => {
    const { after } = admit(aJob({ capacityTimeoutSeconds: 600, retry: { maxAttempts: 2, on: ['NO_CAPACITY'] } }), {}, now, { heldSinceMs: epochMs(now - 60_000) });
    expect(timeoutReason(after).message).toMatch(/^No zone had the whole gang within 600 s of 1970-01-01T00:32:20.000Z, from when on/);
    const later = epochMs(now + 540_000);
    const again = retry({ ...after, outcome: 'NO_CAPACITY', reason }, newAttempt(after, aHold(), now), later).after;
    expect(again).toMatchObject({ state: 'PENDING', queuedAtMs: later });
    expect(again).not.toHaveProperty('seekingSinceMs');
  });
});
