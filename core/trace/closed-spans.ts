import type { Span } from './span.ts';
import { attemptOf } from './span-ids.ts';
import { TraceBuilder } from './trace-builder.ts';
import { inOrder, type TracedEvent, type TracedJob } from './traced.ts';

/** A span that an entry of the history has closed: it has an end. */
export interface ClosedSpan extends Span {
  readonly endMs: number;
  /** Number of the entry. */
  readonly closedBy: number;
  /** That it is of; of the job's own the last one. */
  readonly attempt: number;
}

/**
 * The spans that entries of a history close, each as it was when it closed, before its parent: the root comes last of all.
 *
 * An entry closes the same spans with the same content whatever came with it. So whoever handles each entry once has sent
 * each span once, in whichever batches, and who handles one again sends again what was sent.
 *
 * @param history complete up to the last entry that is asked for; what is beyond does not matter, nor do order and duplicates
 * @param isAsked which entries are asked for, by number
 */
export function closedSpans(job: TracedJob, history: readonly TracedEvent[], isAsked: (number: number) => boolean): readonly ClosedSpan[] {
  const builder = new TraceBuilder(job);
  return inOrder(history, job.submittedAtMs).flatMap((event) => {
    builder.tell(event);
    const ended = builder.takeEnded();
    return isAsked(event.number) ? ended.flatMap((span) => closed(span, event)) : [];
  });
}

function closed(span: Span, { number, attempt }: TracedEvent): readonly ClosedSpan[] {
  const { endMs } = span;
  return endMs === undefined ? [] : [{ ...span, endMs, closedBy: number, attempt: attemptOf(span) || attempt }];
}
