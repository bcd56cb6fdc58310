import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requestsOf } from '../../../../core/trace/requests.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_700_000_000_000;
const span = fc.tuple(fc.nat(20 * DAY_MS), fc.oneof(fc.nat(3 * DAY_MS), fc.nat(60_000))).map(([agoMs, tookMs]) => ({ endMs: NOW_MS - agoMs, startMs: NOW_MS - agoMs - tookMs }));

const tiny = (): number => 100;

describe('requests of spans', () => {
  it('hold each span that is young enough once, in order, within a day unless it is alone, and within what CloudWatch takes', () => {
    fc.assert(fc.property(fc.array(span, { maxLength: 40 }), fc.integer({ min: 1, max: 5_000_000 }), (spans, bytes) => {
      const { requests, tooOld } = requestsOf(spans, NOW_MS, () => bytes);
      const young = spans.filter(({ endMs }) => NOW_MS - endMs <= 14 * DAY_MS);
      expect(requests.flat().toSorted((a, b) => young.indexOf(a) - young.indexOf(b))).toEqual(young);
      expect(tooOld).toBe(spans.length - young.length);
      for (const request of requests) {
        const length = Math.max(...request.map(({ endMs }) => endMs)) - Math.min(...request.map(({ startMs }) => startMs));
        expect(request.length === 1 || (length <= DAY_MS && request.length * bytes < 5_000_000)).toBe(true);
        expect(request.map((one) => young.indexOf(one))).toEqual(request.map((one) => young.indexOf(one)).toSorted((a, b) => a - b));
      }
    }));
  });

  it('are few: what goes together is together, whatever long ones are between', () => {
    const short = Array.from({ length: 900 }, (_, i) => ({ startMs: NOW_MS - 1_000 * i, endMs: NOW_MS }));
    expect(requestsOf(short, NOW_MS, tiny).requests.map(({ length }) => length)).toEqual([400, 400, 100]);
    const long = { startMs: NOW_MS - 3 * DAY_MS, endMs: NOW_MS };
    expect(requestsOf([...short.slice(0, 2), long, ...short.slice(2, 4)], NOW_MS, tiny).requests.map(({ length }) => length)).toEqual([4, 1]);
  });
});
