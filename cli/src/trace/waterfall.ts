import type { Trace } from '../../../core/trace/span.ts';
import type { Colours } from '../session.ts';
import { cells, fit } from './cells.ts';
import { length } from './length.ts';
import type { Row } from './row.ts';
import { rowsOf, type RowOptions } from './rows.ts';

export interface WaterfallOptions extends RowOptions {
  /** How wide it may be. */
  readonly columns: number;
}

/** Narrower than this is no picture. */
const LEAST_COLUMNS = 40;
const LENGTH_CELLS = 12;
/** Where notes would leave the bars less than this, there are none. */
const LEAST_BAR = 16;

/** The columns of a waterfall: labels, bars, lengths, notes. */
interface Layout {
  readonly label: number;
  readonly bar: number;
  readonly note: number;
  readonly fromMs: number;
  readonly totalMs: number;
}

/** A trace for people: a line a span, its bar to scale, what failed told in full below. */
export function waterfall(colours: Colours, trace: Trace, options: WaterfallOptions): string {
  const rows = rowsOf(trace, options);
  const layout = layoutOf(rows, Math.max(LEAST_COLUMNS, options.columns));
  const lines = [axis(colours, layout), ...rows.map((row) => line(colours, row, layout)), ...failures(colours, rows)];
  return lines.map((text) => `${text.trimEnd()}\n`).join('');
}

function layoutOf(rows: readonly Row[], columns: number): Layout {
  const widest = (text: (row: Row) => string): number => rows.reduce((most, row) => Math.max(most, cells(text(row))), 0);
  const label = Math.min(widest(labelOf), Math.floor(columns * 0.4));
  const rest = columns - label - LENGTH_CELLS - 2;
  const wanted = Math.min(widest(({ note }) => note), Math.floor(rest * 0.5));
  const note = rest - wanted - 1 < LEAST_BAR ? 0 : wanted;
  const fromMs = rows[0]?.startMs ?? 0;
  return { label, note, bar: Math.max(1, note === 0 ? rest : rest - note - 1), fromMs, totalMs: Math.max(1, (rows[0]?.endMs ?? 1) - fromMs) };
}

/** Where the bars begin and end. */
function axis(colours: Colours, { label, bar, totalMs }: Layout): string {
  const total = length(totalMs);
  return `${' '.repeat(label + 1)}${colours.dim(`0${total.padStart(bar - 1)}`)}`;
}

const labelOf = ({ depth, label, error }: Row): string => `${'  '.repeat(depth)}${error === undefined ? '' : '✗ '}${label}`;

function line(colours: Colours, row: Row, layout: Layout): string {
  const colour = colourOf(colours, row);
  const label = fit(labelOf(row), layout.label);
  const took = `${row.isOpen ? '> ' : ''}${length(row.endMs - row.startMs)}`.padStart(LENGTH_CELLS);
  const note = layout.note === 0 ? '' : ` ${fit(row.note, layout.note).trimEnd()}`;
  return `${row.error === undefined ? label : colours.red(label)} ${barOf(row, layout, colour)}${took}${note === '' ? '' : ` ${colours.dim(note.slice(1))}`}`;
}

/** Waits are light, work is full; what goes on has an arrow. At least one cell, however short. */
function barOf({ startMs, endMs, isWait, isOpen }: Row, { bar, fromMs, totalMs }: Layout, colour: (text: string) => string): string {
  const at = (ms: number): number => ((ms - fromMs) / totalMs) * bar;
  const first = Math.min(bar - 1, Math.floor(at(startMs)));
  const width = Math.min(bar - first, Math.max(1, Math.round(at(endMs)) - first));
  const filled = (isWait ? '░' : '█').repeat(width - (isOpen ? 1 : 0)) + (isOpen ? '▶' : '');
  return ' '.repeat(first) + colour(filled) + ' '.repeat(bar - first - width);
}

function colourOf(colours: Colours, { error, isWait, depth }: Row): (text: string) => string {
  if (error !== undefined) return colours.red;
  return isWait ? colours.yellow : depth === 0 ? colours.blue : colours.cyan;
}

/** What failed, each sentence once, where it was said of the innermost. What failed on a node is said of its step. */
function failures(colours: Colours, rows: readonly Row[]): readonly string[] {
  const said = new Map(rows.flatMap(({ label, error, isNode }) => (error === undefined || isNode === true ? [] : [[error, label]])));
  return said.size === 0 ? [] : ['', ...[...said].map(([error, label]) => colours.red(`✗ ${label}: ${error}`))];
}
