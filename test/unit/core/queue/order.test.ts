import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import { AGEING_MS, BAND_WIDTH, bandAt, bandRisesAt, byRank, HIGHEST_BAND, rankTime } from '../../../../core/queue/order.ts';
import type { Placed } from '../../../../core/queue/order.ts';
import { hours, NOW } from '../../../builders/scheduling.ts';

const placed = (id: string, priority: number, submittedAtMs: number): Placed => ({ jobId: jobId(id), priority, submittedAtMs: epochMs(submittedAtMs) });

const aPlaced = fc.record({
  jobId: fc.stringMatching(/^[a-c]{1,2}$/u).map(jobId),
  priority: fc.nat({ max: 1000 }),
  // Close together often, days apart sometimes.
  submittedAtMs: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: hours(400) })).map((ms) => epochMs(NOW - ms)),
});
const aWait = fc.nat({ max: hours(1000) });
const sign = Math.sign;

describe('the place of a job in its queue', () => {
  it('is that of a job of the highest priority submitted later', () => {
    expect(rankTime(placed('a', 1000, NOW))).toBe(NOW);
    expect(rankTime(placed('a', 900, NOW))).toBe(NOW + AGEING_MS);
    expect(rankTime(placed('a', 0, NOW))).toBe(NOW + (1000 / BAND_WIDTH) * AGEING_MS);
  });

  it('is before a later one of the same priority, and before a lower one of the same time', () => {
    expect(byRank(placed('b', 500, NOW), placed('a', 500, NOW + 1))).toBeLessThan(0);
    expect(byRank(placed('b', 501, NOW), placed('a', 500, NOW))).toBeLessThan(0);
  });

  it('is decided by the id where all else is equal', () => {
    expect(byRank(placed('a', 500, NOW), placed('b', 500, NOW))).toBeLessThan(0);
    expect(byRank(placed('a', 500, NOW), placed('a', 500, NOW))).toBe(0);
  });

  it('passes a job one band higher that comes two days later', () => {
    const old = placed('old', 500, NOW);
    expect(byRank(old, placed('new', 600, NOW + hours(48) - 1))).toBeGreaterThan(0);
    expect(byRank(old, placed('new', 600, NOW + hours(48) + 1))).toBeLessThan(0);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(aPlaced, aPlaced, aPlaced, (a, b, c) => {
        expect(sign(byRank(a, b)) + sign(byRank(b, a))).toBe(0);
        if (byRank(a, b) <= 0 && byRank(b, c) <= 0) expect(byRank(a, c)).toBeLessThanOrEqual(0);
        const alike = a.jobId === b.jobId && a.priority === b.priority && a.submittedAtMs === b.submittedAtMs;
        if (byRank(a, b) === 0) expect(alike).toBe(true);
      }),
    );
  });
});

describe('the band of a job', () => {
  it('is its priority in hundreds, a step higher every two days, and never above the highest', () => {
    const job = placed('a', 450, NOW);
    expect(bandAt(job, NOW)).toBe(4);
    expect(bandAt(job, epochMs(NOW + hours(24)))).toBe(5);
    expect(bandAt(job, epochMs(NOW + hours(72)))).toBe(6);
    expect(bandAt(job, epochMs(NOW + hours(10_000)))).toBe(10);
  });

  it('is not below none for a job whose clock is ahead', () => {
    expect(bandAt(placed('a', 0, NOW + hours(1)), NOW)).toBe(0);
  });

  it('never falls while a job waits', () => {
    fc.assert(
      fc.property(aPlaced, aWait, aWait, (job, first, more) => {
        expect(bandAt(job, epochMs(NOW + first + more))).toBeGreaterThanOrEqual(bandAt(job, epochMs(NOW + first)));
      }),
    );
  });

  it('never rises along a queue, whenever it is looked at', () => {
    fc.assert(
      fc.property(fc.array(aPlaced, { maxLength: 12 }), aWait, (jobs, wait) => {
        const bands = jobs.toSorted(byRank).map((job) => bandAt(job, epochMs(NOW + wait)));
        expect(bands).toEqual(bands.toSorted((a, b) => b - a));
      }),
    );
  });
});

describe('the time at which ageing lifts a job', () => {
  it('is the first of its next band, and there is none in the highest', () => {
    fc.assert(
      fc.property(aPlaced, aWait, (job, waited) => {
        const nowMs = epochMs(job.submittedAtMs + waited);
        const band = bandAt(job, nowMs);
        const risesAtMs = bandRisesAt(job, nowMs);
        expect(risesAtMs === undefined).toBe(band === HIGHEST_BAND);
        if (risesAtMs === undefined) return;
        expect(risesAtMs).toBeGreaterThan(nowMs);
        expect([bandAt(job, epochMs(risesAtMs - 1)), bandAt(job, risesAtMs)]).toEqual([band, band + 1]);
      }),
    );
  });
});
