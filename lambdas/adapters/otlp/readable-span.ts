import { SpanKind, SpanStatusCode, TraceFlags, type Attributes as OtelAttributes, type HrTime, type SpanContext } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Attributes } from '../../../core/trace/span.ts';
import { TOLD_BY, type ToldSpan } from '../../../core/trace/told-span.ts';

/** One for all: what is of the same resource is written once in a request. */
const resource = resourceFromAttributes({ 'service.name': TOLD_BY });
const kinds: Readonly<Record<ToldSpan['kind'], SpanKind>> = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** A span as OpenTelemetry's own serializers take it. */
export function readableSpan(span: ToldSpan): ReadableSpan {
  const { traceId, parentId, startMs, endMs, events, eventsLeftOut, links, error } = span;
  const context = (spanId: string): SpanContext => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context(span.spanId),
    ...(parentId === undefined ? {} : { parentSpanContext: context(parentId) }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    ended: true,
    status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: attributesOf(span.attributes),
    events: events.map(({ atMs, name, attributes }) => ({ time: hrTime(atMs), name, attributes: attributesOf(attributes) })),
    links: links.map(({ spanId, attributes }) => ({ context: context(spanId), attributes: attributesOf(attributes) })),
    resource,
    instrumentationScope: { name: TOLD_BY },
    droppedAttributesCount: 0,
    droppedEventsCount: eventsLeftOut,
    droppedLinksCount: 0,
  };
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round(ms % 1000) * 1_000_000];

const attributesOf = (attributes: Attributes): OtelAttributes =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, typeof value === 'object' ? [...value] : value]));
