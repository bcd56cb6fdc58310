import type { Span } from '../../../core/trace/span.ts';
import { SUBMITTED_MS } from '../../builders/trace.ts';

/** What the collector is expected to say of a span, made of the trace and not of its encoding. */
export function said(traceId: string, { spanId, parentId = '', name, subject, startMs, endMs, error, events }: Span) {
  return {
    traceId, spanId, parentId, name, kind: subject === 'launch' ? 'SPAN_KIND_CLIENT' : 'SPAN_KIND_INTERNAL',
    startNano: `${startMs}000000`, endNano: `${endMs ?? SUBMITTED_MS + 90_000}000000`,
    status: error === undefined ? 'STATUS_CODE_UNSET' : 'STATUS_CODE_ERROR', message: error ?? '', events: events.map((event) => event.name),
  };
}
