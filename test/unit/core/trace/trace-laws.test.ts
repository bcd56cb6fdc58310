import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import { toOtlp } from '../../../../core/trace/otlp.ts';
import type { Span } from '../../../../core/trace/span.ts';
import { aTracedJob, failedLife, flawsOf, SUBMITTED_MS } from '../../../builders/trace.ts';
import { history, oddHistory, when } from './histories.ts';

const anyHistory = fc.oneof(history, oddHistory, fc.shuffledSubarray(failedLife()));

describe('whatever entries there are', () => {
  it('one root has all others below it, each within its parent', () => {
    fc.assert(fc.property(anyHistory, (events) => {
      expect(flawsOf(jobTrace(aTracedJob(), events))).toEqual([]);
    }));
  });

  it('neither their order nor duplicates matter', () => {
    const shuffled = anyHistory.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }), fc.nat(2 * events.length)));
    fc.assert(fc.property(shuffled, ([events, twice, more]) => {
      expect(jobTrace(aTracedJob(), [...twice, ...events.slice(0, more)])).toEqual(jobTrace(aTracedJob(), events));
    }));
  });

  it('what has ended stays as it is while others come, but for notes of what came after the end', () => {
    const cut = fc.oneof(history, oddHistory).chain((events) => fc.tuple(fc.constant(events), fc.nat(events.length)));
    const rest = ({ events: _events, ...span }: Span) => span;
    fc.assert(fc.property(cut, ([events, length]) => {
      const later = new Map(jobTrace(aTracedJob(), events).spans.map((span) => [span.spanId, rest(span)]));
      const ended = jobTrace(aTracedJob(), events.slice(0, length)).spans.filter(({ endMs }) => endMs !== undefined).map(rest);
      expect(ended.map(({ spanId }) => later.get(spanId))).toEqual(ended);
    }));
  });

  it('nothing of a whole life is left open', () => {
    fc.assert(fc.property(history, (events) => {
      const spans = jobTrace(aTracedJob(), events).spans;
      const isOver = spans[0]?.endMs !== undefined;
      expect(spans.some(({ endMs }) => endMs === undefined)).toBe(!isOver);
    }));
  });

  it('OTLP keeps the spans within their parents, whatever the time is', () => {
    fc.assert(fc.property(anyHistory, when, (events, nowMs) => {
      const spans = toOtlp(jobTrace(aTracedJob(), events), SUBMITTED_MS + nowMs).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const outside = spans.filter(({ parentSpanId = '', startTimeUnixNano, endTimeUnixNano }) => {
        const parent = byId.get(parentSpanId);
        return BigInt(endTimeUnixNano) < BigInt(startTimeUnixNano) || (parent !== undefined && (BigInt(startTimeUnixNano) < BigInt(parent.startTimeUnixNano) || BigInt(endTimeUnixNano) > BigInt(parent.endTimeUnixNano)));
      });
      expect(outside).toEqual([]);
    }));
  });
});
