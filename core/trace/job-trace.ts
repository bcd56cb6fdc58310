import type { Trace } from './span.ts';
import { TraceBuilder } from './trace-builder.ts';
import { inOrder, type TracedEvent, type TracedJob } from './traced.ts';

/**
 * The trace of a job, made of its record and its history: one root from submission to end, an attempt below it each, and below
 * these the states with what happened in them. It is a function of the set of entries: neither their order nor duplicates
 * matter. While entries are yet to come, spans that go on have no end; those that have one keep it.
 */
export function jobTrace(job: TracedJob, history: readonly TracedEvent[]): Trace {
  const builder = new TraceBuilder(job);
  for (const event of inOrder(history, job.submittedAtMs)) builder.tell(event);
  return builder.trace();
}
