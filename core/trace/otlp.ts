import type { Attributes, AttributeValue, Span, Trace } from './span.ts';
import { tellSpan, TOLD_BY, type OfJob, type ToldSpan } from './told-span.ts';

/** A value as OTLP's JSON has it: integers are texts there, since 64 bits are more than a number of JSON holds. */
type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** A span as OTLP's JSON has it: ids in hexadecimal, times in nanoseconds since 1970 as texts, enumerations as numbers. */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly { readonly timeUnixNano: string; readonly name: string; readonly attributes: readonly OtlpAttribute[] }[];
  readonly droppedEventsCount?: number;
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly flags: number; readonly attributes: readonly OtlpAttribute[] }[];
  readonly status: { readonly code: number; readonly message?: string };
}

/** `ExportTraceServiceRequest` of the OpenTelemetry protocol, in its JSON encoding. */
export interface OtlpTrace {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** Of `SpanKind`. */
const INTERNAL = 1;
const CLIENT = 3;
/** Of `StatusCode`. */
const UNSET = 0;
const ERROR = 2;
/** Of `SpanFlags`: sampled, and it is known that the parent is not of another process. */
const SAMPLED_LOCAL = 0x101;

/**
 * The trace as OTLP has it. What goes on ends `nowMs`, or with the latest that is known where that is later: the clock of
 * whoever asks may be behind.
 */
export function toOtlp({ traceId, spans }: Trace, nowMs: number): OtlpTrace {
  const untilMs = spans.reduce((latest, { startMs, endMs = startMs }) => Math.max(latest, startMs, endMs), nowMs);
  const ofJob = jobOf(spans[0]);
  return {
    resourceSpans: [{
      resource: { attributes: attributesOf({ 'service.name': TOLD_BY }) },
      scopeSpans: [{ scope: { name: TOLD_BY }, spans: spans.map((span) => otlpSpan(tellSpan(traceId, span, ofJob, untilMs))) }],
    }],
  };
}

/** The root knows it. */
function jobOf(root: Span | undefined): OfJob {
  return { jobId: String(root?.attributes['orchestrator.job.id']), namespace: String(root?.attributes['orchestrator.job.namespace']) };
}

function otlpSpan({ traceId, spanId, parentId, name, kind, startMs, endMs, attributes, events, eventsLeftOut, links, error }: ToldSpan): OtlpSpan {
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    flags: SAMPLED_LOCAL,
    name,
    kind: kind === 'client' ? CLIENT : INTERNAL,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributesOf(attributes),
    events: events.map((event) => ({ timeUnixNano: nanoseconds(event.atMs), name: event.name, attributes: attributesOf(event.attributes) })),
    ...(eventsLeftOut === 0 ? {} : { droppedEventsCount: eventsLeftOut }),
    links: links.map((link) => ({ traceId, spanId: link.spanId, flags: SAMPLED_LOCAL, attributes: attributesOf(link.attributes) })),
    status: error === undefined ? { code: UNSET } : { code: ERROR, message: error },
  };
}

const nanoseconds = (ms: number): string => (BigInt(Math.round(ms)) * 1_000_000n).toString();

const attributesOf = (attributes: Attributes): readonly OtlpAttribute[] => Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

function valueOf(value: AttributeValue): OtlpValue {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map(valueOf) } };
  }
}
