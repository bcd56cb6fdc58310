import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../../../core/job/ids.ts';
import { orderOfWaiting } from '../../../../core/scheduling/order-of-waiting.ts';
import { NOW, aParkedJob, aPolicy, aSnapshot, aUse, aWaitingJob, planOf, spent, startsOf } from '../../../builders/scheduling.ts';

const ids = (...args: Parameters<typeof orderOfWaiting>) => orderOfWaiting(...args).entries.map(({ jobId }) => String(jobId));

describe('the order of what waits', () => {
  it('is that in which the scheduler would start them', () => {
    const aJob = fc.record({
      namespace: fc.constantFrom('lattice', 'vision'), user: fc.constantFrom('ada', 'bob'), priority: fc.constantFrom(100, 500, 900), nodes: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(aJob, { maxLength: 15 }), (sketches) => {
        const waiting = sketches.map((sketch, i) => aWaitingJob(`job${i}`, sketch));
        const order = orderOfWaiting(aSnapshot({ waiting }), aPolicy(), NOW, 100);
        expect(order.complete).toBe(true);
        expect(order.entries.map(({ jobId }) => jobId)).toEqual(startsOf(planOf({ waiting })));
      }),
    );
  });

  it('does not depend on what is in the way', () => {
    const waiting = [aWaitingJob('low', { priority: 100 }), aWaitingJob('high', { priority: 900, nodes: 50 }), aWaitingJob('mid')];
    const full = aPolicy({ shares: { limits: { nodes: 1 }, maxLaunchesInFlight: 1 } });
    expect(ids(aSnapshot({ waiting, parked: [aParkedJob('parked', { priority: 700 })] }), full, NOW, 10)).toEqual(['high', 'parked', 'mid', 'low']);
  });

  it('puts who used less first', () => {
    const waiting = [aWaitingJob('a', { user: 'ada', submittedAtMs: epochMs(NOW - 900_000) }), aWaitingJob('b', { user: 'bob' })];
    const uses = [aUse({ user: 'ada', usage: spent(10) }), aUse({ user: 'bob' })];
    expect(ids(aSnapshot({ waiting, uses }), aPolicy(), NOW, 10)).toEqual(['b', 'a']);
  });

  it('ends where a window does, and where enough are told', () => {
    const waiting = ['1', '2', '3'].map((id, i) => aWaitingJob(id, { submittedAtMs: epochMs(NOW - 9000 + i) }));
    const cut = orderOfWaiting(aSnapshot({ waiting, window: 2 }), aPolicy(), NOW, 10);
    expect([cut.entries.length, cut.complete]).toEqual([2, false]);
    const enough = orderOfWaiting(aSnapshot({ waiting }), aPolicy(), NOW, 2);
    expect([enough.entries.length, enough.complete]).toEqual([2, false]);
    expect(orderOfWaiting(aSnapshot({ waiting }), aPolicy(), NOW, 3)).toMatchObject({ complete: true });
  });
});
