import type { Span, Trace } from '../../../core/trace/span.ts';
import { printable } from '../output/printable.ts';
import { count } from '../output/words.ts';
import { allNodes, fewNodes } from './node-rows.ts';
import type { Row } from './row.ts';

/** How much of a trace is shown. */
export interface RowOptions {
  /** Until when what goes on is drawn. */
  readonly nowMs: number;
  /** Also what has no length, and each of many that are alike. */
  readonly all?: boolean;
  /** Each node of a step, and not only those that failed or were slow. */
  readonly nodes?: boolean;
}

/** Of more spans than twice as many below one, those in the middle are one line. */
const SHOWN_AT_EACH_END = 12;

/** The lines of a trace, parents above what is below them. */
export function rowsOf({ spans }: Trace, options: RowOptions): readonly Row[] {
  const below = Map.groupBy(spans, ({ parentId }) => parentId);
  const untilMs = spans.reduce((latest, { startMs, endMs = startMs }) => Math.max(latest, startMs, endMs), options.nowMs);
  const nodeRows = options.all === true || options.nodes === true ? allNodes : fewNodes;
  const walk = (parent: Span | undefined, depth: number): readonly Row[] => {
    const inside = below.get(parent?.spanId) ?? [];
    if (parent?.subject === 'step') return nodeRows({ spans: inside, leftOut: leftOutOf(parent), depth, rowOf: (span) => rowOf(span, depth, untilMs) });
    const children = inside.filter((span) => options.all === true || isSeen(span));
    const lines = children.map((span): readonly Row[] =>
      options.all !== true && saysNothing(span, children) ? walk(span, depth) : [rowOf(span, depth, untilMs), ...walk(span, depth + 1)]);
    return options.all === true ? lines.flat() : shortened(lines, depth);
  };
  return walk(undefined, 0);
}

const leftOutOf = ({ attributes }: Span): number => Number(attributes['orchestrator.step.nodes_left_out'] ?? 0);

/** States that a job only passed through have no length. */
const isSeen = ({ startMs, endMs, error, subject }: Span): boolean => endMs !== startMs || error !== undefined || subject === 'launch';

/** The only attempt of a job, or the only turn of an attempt, is as long as what it is in. */
const saysNothing = ({ subject }: Span, siblings: readonly Span[]): boolean =>
  (subject === 'attempt' && siblings.length === 1) || (subject === 'turn' && siblings.every((span) => span.subject !== 'parked'));

function shortened(lines: readonly (readonly Row[])[], depth: number): readonly Row[] {
  const folded = lines.slice(SHOWN_AT_EACH_END, -SHOWN_AT_EACH_END);
  const [first] = folded[0] ?? [];
  if (folded.length < 2 || first === undefined) return lines.flat();
  const rows = folded.flat();
  const endMs = rows.reduce((latest, row) => Math.max(latest, row.endMs), first.endMs);
  const failed = folded.filter(([row]) => row?.error !== undefined).length;
  const note = failed === 0 ? '' : `${failed} failed`;
  const fold = { depth, label: `… ${folded.length} more`, note, startMs: first.startMs, endMs, isOpen: false, isWait: rows.every(({ isWait }) => isWait) };
  return [...lines.slice(0, SHOWN_AT_EACH_END).flat(), fold, ...lines.slice(-SHOWN_AT_EACH_END).flat()];
}

function rowOf(span: Span, depth: number, untilMs: number): Row {
  const { startMs, endMs, error, subject, name } = span;
  return {
    depth, label: printable(labelOf(span)), note: printable(noteOf(span)), startMs, endMs: endMs ?? untilMs, isOpen: endMs === undefined,
    isWait: subject === 'parked' || subject === 'boot' || name === 'PENDING', ...(error === undefined ? {} : { error: printable(error) }),
    ...(subject === 'node' ? { isNode: true } : {}),
  };
}

function labelOf({ subject, name, attributes }: Span): string {
  const round = Number(attributes['orchestrator.round'] ?? 0);
  switch (subject) {
    case 'job':
      return `${said(attributes, 'manifest.name')} v${said(attributes, 'manifest.version')}`;
    case 'attempt':
      return `attempt ${said(attributes, 'attempt')}`;
    case 'launch':
      return `launch ${said(attributes, 'launch.pool')}`;
    case 'boot':
      return round === 0 ? 'boot' : 'boot of replacements';
    case 'step':
      return round === 0 ? name : `${name}, again (${round})`;
    case 'state':
    case 'turn':
    case 'parked':
    case 'node':
      return name;
  }
}

function noteOf({ subject, attributes, events, error }: Span): string {
  switch (subject) {
    case 'launch':
      return launchNote(attributes);
    case 'parked':
      return said(attributes, 'reason');
    case 'node':
      return [error ?? '', attributes['orchestrator.time.unknown'] === true ? 'its begin is not known' : ''].filter((text) => text !== '').join('; ');
    case 'step': {
      const exitCode = Number(attributes['process.exit.code'] ?? 0);
      return exitCode === 0 ? '' : `exit code ${exitCode}`;
    }
    case 'state': {
      const lost = events.filter(({ name }) => name === 'NodeLost').length;
      return [lost === 0 ? '' : `${count(lost, 'loss', 'losses')} of nodes`, waitNote(events), said(attributes, 'waiting.message')].filter((text) => text !== '').join('; ');
    }
    case 'boot':
      return 'until all nodes take commands';
    case 'job':
    case 'attempt':
      return said(attributes, 'outcome');
    case 'turn':
      return '';
  }
}

/** For what it waited, each reason once. */
function waitNote(events: Span['events']): string {
  const waited = events.filter(({ name }) => name === 'Waited').map(({ attributes }) => said(attributes, 'message'));
  return [...new Set(waited)].join('; ');
}

function launchNote(attributes: Span['attributes']): string {
  const { 'error.type': refused, 'orchestrator.launch.unanswered': isUnanswered } = attributes;
  const why = isUnanswered === true ? 'no answer' : typeof refused === 'string' ? refused : said(attributes, 'launch.codes');
  const got = `${said(attributes, 'launch.launched')} of ${said(attributes, 'launch.asked')} ${said(attributes, 'launch.market')}`;
  return `${got} in ${said(attributes, 'launch.zones', ' or ')}${why === '' ? '' : ` (${why})`}`;
}

/** One of our attributes in words; nothing where it is not there. */
const said = (attributes: Span['attributes'], name: string, between = ', '): string => [attributes[`orchestrator.${name}`] ?? []].flat().join(between);
