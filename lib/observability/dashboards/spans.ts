import { SPAN_CLOSED } from '../../../core/trace/span-line.ts';
import type { SpanSubject } from '../../../core/trace/span.ts';
import type { LogSource } from './model.ts';
import type { Observed } from './observed.ts';

/** A query over the spans of all jobs of one kind. Rehearsals say their provider; nothing that they do is had or paid. */
export function spansOf({ names }: Observed, subject: SpanSubject, ...commands: readonly string[]): LogSource {
  return { logGroup: names.spanLogs, query: [`filter message = "${SPAN_CLOSED}" and subject = "${subject}" and not ispresent(provider)`, ...commands] };
}

/** A query over the spans of one job. */
export function spansOfJob({ names }: Observed, jobId: string, ...commands: readonly string[]): LogSource {
  return { logGroup: names.spanLogs, query: [`filter message = "${SPAN_CLOSED}" and jobId = "${jobId}"`, ...commands] };
}
