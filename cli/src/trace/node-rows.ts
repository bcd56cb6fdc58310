import type { Span } from '../../../core/trace/span.ts';
import { lengths } from './length.ts';
import type { Row } from './row.ts';

/** Of nodes that did not fail, where all of them are too many to read. */
const SLOWEST_SHOWN = 3;
const FAILED_SHOWN = 10;

/** The nodes of a step. */
interface StepNodes {
  readonly spans: readonly Span[];
  /** Nodes that have no span: they never answered, or are more than are kept. */
  readonly leftOut: number;
  readonly depth: number;
  readonly rowOf: (span: Span) => Row;
}

/** A line for each node of a step, in the order in which they began. */
export function allNodes({ spans, leftOut, depth, rowOf }: StepNodes): readonly Row[] {
  const last = spans.at(-1);
  if (leftOut === 0 || last === undefined) return spans.map(rowOf);
  return [...spans.map(rowOf), others(depth, leftOut, unknown(leftOut), last.startMs, last.startMs)];
}

/** Lines for the nodes on which a step failed, for the slowest of the others, and one for the rest. A node alone is the step. */
export function fewNodes(nodes: StepNodes): readonly Row[] {
  const { spans, leftOut, rowOf } = nodes;
  if (spans.length + leftOut < 2) return [];
  const [good, bad] = [spans.filter(({ error }) => error === undefined), spans.filter(({ error }) => error !== undefined)];
  const shown = [...bad.slice(0, FAILED_SHOWN), ...good.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SLOWEST_SHOWN)];
  const rest = spans.filter((span) => !shown.includes(span));
  const [like = spans[0]] = rest;
  // A line for one node says more than a fold of it; of one without a span there is but the fold.
  if (like === undefined || (leftOut === 0 && rest.length < 2)) return [...shown, ...rest].map(rowOf);
  return [...shown.map(rowOf), foldOf(nodes, rest, like)];
}

function foldOf({ leftOut, depth }: StepNodes, rest: readonly Span[], like: Span): Row {
  const took = rest.map(lengthOf);
  const failed = rest.filter(({ error }) => error !== undefined).length;
  const said = [
    ...(took.length === 0 ? [] : [lengths(Math.min(...took), Math.max(...took))]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(leftOut === 0 ? [] : [unknown(leftOut)]),
  ];
  const fromMs = Math.min(like.startMs, ...rest.map(({ startMs }) => startMs));
  return others(depth, rest.length + leftOut, said.join(', '), fromMs, Math.max(fromMs, ...rest.map(({ startMs, endMs = startMs }) => endMs)));
}

function others(depth: number, count: number, note: string, startMs: number, endMs: number): Row {
  return { depth, label: `… and ${count} ${count === 1 ? 'other' : 'others'}`, note, startMs, endMs, isOpen: false, isWait: false, isNode: true };
}

const unknown = (nodes: number): string => `of ${nodes} nothing is known`;
const lengthOf = ({ startMs, endMs = startMs }: Span): number => endMs - startMs;
