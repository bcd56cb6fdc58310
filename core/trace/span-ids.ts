import { phases, type Phase } from '../lifecycle/task.ts';
import type { SpanSubject } from './span.ts';

/** Those that have a number of their own in their attempt. */
type Numbered = Exclude<SpanSubject, 'step' | 'node'>;

/** The ids of steps have 1 to 4 there: see core/runtimes/trace-context.ts. */
const codes: Readonly<Record<Numbered, number>> = { job: 16, attempt: 17, state: 18, turn: 19, parked: 20, launch: 21, boot: 22 };
/** Of a step's nodes, by the phase of the step. */
const NODE = 32;

/**
 * The id of a span that is neither a step's nor a node's, made of what it is of: so whoever makes the trace anew gives each span the same
 * id, no two have the same one, and none is the invalid one of zeros only.
 *
 * @param index tells those of a subject in an attempt apart: the number of the history's entry that began it, of a launch its own
 */
export function spanId(subject: Numbered, attempt: number, index: number): string {
  return hex(attempt, 8) + hex(codes[subject], 2) + hex(index, 6);
}

/** The id of the span of a step on one node. Attempts, rounds and steps of a phase are few: a manifest bounds them. */
export function nodeSpanId(attempt: number, { phase, index, round }: { readonly phase: Phase; readonly index: number; readonly round: number }, rank: number): string {
  return hex(attempt, 4) + hex(round, 2) + hex(index, 2) + hex(NODE + phases.indexOf(phase), 2) + hex(rank, 6);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);

/** The attempt that a span is of, from its id; 0 for the job's own. */
export function attemptOf({ subject, spanId: id }: { readonly subject: SpanSubject; readonly spanId: string }): number {
  switch (subject) {
    case 'step':
      return Number.parseInt(id.slice(2, 8), 16);
    case 'node':
      return Number.parseInt(id.slice(0, 4), 16);
    default:
      return Number.parseInt(id.slice(0, 8), 16);
  }
}
