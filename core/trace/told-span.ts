import { withoutSecrets } from '../logs/without-secrets.ts';
import type { Attributes, AttributeValue, Span, SpanEvent } from './span.ts';

/** What each span says too, so that it is found by it. */
export interface OfJob {
  readonly jobId: string;
  readonly namespace: string;
}

/** A span as whoever writes OTLP wants it, in whichever encoding: all that is decided is decided here. */
export interface ToldSpan extends Pick<Span, 'spanId' | 'parentId' | 'name' | 'startMs' | 'links' | 'error'> {
  readonly traceId: string;
  /** A launch calls another service. */
  readonly kind: 'client' | 'internal';
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** How many there were beside `events`. */
  readonly eventsLeftOut: number;
}

/** The name of the service, and of what makes its spans. */
export const TOLD_BY = 'advanced-orchestrator';

/** A job may wait for weeks, with an entry for each turn: CloudWatch takes spans of 200 KB. */
const MOST_EVENTS = 128;

/**
 * A span as OTLP has it. What goes on has no end yet, which OTLP knows not: it ends `untilMs`, and its attribute
 * `orchestrator.open` says so. Of many events the first and the last are told. Messages quote what programs and services
 * wrote, so what is told has no secrets of the kinds that logs are kept free of.
 */
export function tellSpan(traceId: string, span: Span, { jobId, namespace }: OfJob, untilMs: number): ToldSpan {
  const { spanId, parentId, name, subject, startMs, endMs, attributes, events, links, error } = span;
  const told = events.length <= MOST_EVENTS ? events : [...events.slice(0, MOST_EVENTS / 2), ...events.slice(-MOST_EVENTS / 2)];
  return {
    traceId, spanId, ...(parentId === undefined ? {} : { parentId }), name, kind: subject === 'launch' ? 'client' : 'internal',
    startMs, endMs: endMs ?? untilMs,
    attributes: {
      'orchestrator.job.id': jobId, 'orchestrator.job.namespace': namespace,
      ...cleared(attributes), ...(endMs === undefined ? { 'orchestrator.open': true } : {}),
    },
    events: told.map((event) => ({ ...event, attributes: cleared(event.attributes) })),
    eventsLeftOut: events.length - told.length, links, ...(error === undefined ? {} : { error: clearedText('error', error) }),
  };
}

const cleared = (attributes: Attributes): Attributes => Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, clearedValue(key, value)]));

function clearedValue(key: string, value: AttributeValue): AttributeValue {
  if (typeof value === 'string') return clearedText(key, value);
  return typeof value === 'object' ? value.map((text) => clearedText(key, text)) : value;
}

const clearedText = (key: string, text: string): string => String(withoutSecrets(key, text));
