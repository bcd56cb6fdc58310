import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closedSpans, type ClosedSpan } from '../../../../core/trace/closed-spans.ts';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import type { Span } from '../../../../core/trace/span.ts';
import type { TracedEvent } from '../../../../core/trace/traced.ts';
import { aHistory, aTracedJob, failedLife, moved, submitted } from '../../../builders/trace.ts';
import { history, oddHistory } from './histories.ts';

const job = aTracedJob({ outcome: 'FAILED' });
const all = (events: readonly TracedEvent[]): readonly ClosedSpan[] => closedSpans(job, events, () => true);
const bare = ({ events: _events, ...span }: Span): Omit<Span, 'events'> => span;
const spanOf = ({ closedBy: _closedBy, attempt: _attempt, ...span }: ClosedSpan): Span => span;

/**
 * A history, cut into batches as a stream may deliver it: entries that were written at once in any order, and from any
 * batch on once more what came shortly before.
 */
const delivered = fc.oneof(history, oddHistory, fc.constant(failedLife())).chain((events) =>
  fc.tuple(fc.constant(events), fc.array(fc.record({ from: fc.nat(events.length), length: fc.integer({ min: 1, max: 6 }), turned: fc.boolean() }), { maxLength: 8 }), fc.integer({ min: 1, max: 5 })))
  .map(([events, again, size]) => {
    const batches: TracedEvent[][] = [];
    for (let at = 0; at < events.length; at += size) batches.push(events.slice(at, at + size));
    for (const { from, length, turned } of again) {
      const batch = events.slice(from, from + length);
      batches.splice(from % (batches.length + 1), 0, turned ? batch.toReversed() : batch);
    }
    return { events, batches };
  });

describe('spans that close', () => {
  it('are those of the whole trace, however the entries came, each with the same content every time', () => {
    fc.assert(fc.property(delivered, ({ events, batches }) => {
      const sent = new Map<string, Span>();
      for (const batch of batches) {
        const numbers = new Set(batch.map(({ number }) => number));
        const last = Math.max(0, ...numbers);
        const known = events.filter(({ number }) => number <= last);
        for (const span of closedSpans(job, known, (number) => numbers.has(number)).map(spanOf)) {
          expect(sent.get(span.spanId) ?? span).toEqual(span);
          sent.set(span.spanId, span);
        }
      }
      const whole = jobTrace(job, events).spans.filter(({ endMs }) => endMs !== undefined);
      expect([...sent.keys()].toSorted()).toEqual(whole.map(({ spanId }) => spanId).toSorted());
      expect(whole.map(bare)).toEqual(whole.map(({ spanId }) => bare(sent.get(spanId) as Span)));
    }));
  });

  it('come before their parents, the root last of all', () => {
    fc.assert(fc.property(history, (events) => {
      const spans = all(events);
      const places = new Map(spans.map(({ spanId }, place) => [spanId, place]));
      expect(spans.every(({ parentId }, place) => parentId === undefined || (places.get(parentId) ?? Infinity) > place)).toBe(true);
      expect(spans.findIndex(({ subject }) => subject === 'job')).toBe(spans.some(({ subject }) => subject === 'job') ? spans.length - 1 : -1);
    }));
  });

  it('name the attempt that they are of', () => {
    const spans = all(aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, { type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY' } }], [2, moved('ACQUIRING_CAPACITY', 'PENDING')],
      [3, moved('PENDING', 'ACQUIRING_CAPACITY'), 2], [4, moved('ACQUIRING_CAPACITY', 'CONFIGURING'), 2],
      [5, { type: 'StepStarted', data: { step: 'configure/0', name: 'Share' } }, 2], [6, { type: 'StepFinished', data: { step: 'configure/0', kind: 'phaseDone' } }, 2],
      [7, moved('CONFIGURING', 'DESTROYING', 'CANCELLED'), 2], [8, moved('DESTROYING', 'DONE', 'CANCELLED'), 2],
    ));
    expect(spans.map(({ name, attempt }) => `${name} ${attempt}`)).toEqual([
      'PENDING 1', 'turn 1', 'ACQUIRING_CAPACITY 1', 'attempt 1', 'PENDING 2', 'turn 2', 'ACQUIRING_CAPACITY 2', 'Share 2', 'boot 2', 'CONFIGURING 2', 'DESTROYING 2', 'DONE 2', 'attempt 2', 'job 2',
    ]);
  });
});
