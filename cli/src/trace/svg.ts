import type { Trace } from '../../../core/trace/span.ts';
import { printable } from '../output/printable.ts';
import { fit } from './cells.ts';
import { length } from './length.ts';
import type { Row } from './row.ts';
import { rowsOf, type RowOptions } from './rows.ts';

const ROW = 22;
const HEAD = 56;
const LABELS = 300;
const BARS = 700;
const NOTES = 460;
const WIDTH = LABELS + BARS + NOTES;
/** Of a letter of this size, about: labels are cut rather than drawn over bars. */
const LETTER = 7;
const TICKS = 5;

/** Readable on light and on dark: colours of the middle, text in the colour of the page that it stands on. */
const STYLE = `
  text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
  .quiet { fill: #6e7781; } .bad { fill: #cf222e; } .title { font-size: 14px; font-weight: 600; }
  .page { fill: #ffffff; } .grid { stroke: #8c959f; stroke-opacity: 0.35; }
  .bar { fill: #3b82c4; } .wait { fill: #c69026; fill-opacity: 0.65; } .failed { fill: #d1434b; } .open { stroke: #3b82c4; stroke-dasharray: 3 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .quiet { fill: #9198a1; } .bad { fill: #ff7b72; } .page { fill: #0d1117; }
  }`;

/** A trace as a picture that needs nothing else: bars to scale, and what is known of each where the pointer rests. */
export function traceSvg(named: string, trace: Trace, options: RowOptions): string {
  const title = printable(named);
  const rows = rowsOf(trace, options);
  const [root] = rows;
  const fromMs = root?.startMs ?? 0;
  const totalMs = Math.max(1, (root?.endMs ?? 1) - fromMs);
  const height = HEAD + rows.length * ROW + 12;
  const x = (ms: number): number => round(LABELS + ((ms - fromMs) / totalMs) * BARS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="12" y="24">${escaped(title)}</text>`,
    ...Array.from({ length: TICKS + 1 }, (_, i) => tick(fromMs + (totalMs * i) / TICKS, fromMs, x, height)),
    ...rows.map((row, i) => drawn(row, HEAD + i * ROW, x)),
    '</svg>\n',
  ].join('\n');
}

function tick(ms: number, fromMs: number, x: (ms: number) => number, height: number): string {
  return `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="${HEAD - 6}" y2="${height - 8}"/><text class="quiet" x="${x(ms)}" y="${HEAD - 12}" text-anchor="middle">${length(ms - fromMs)}</text>`;
}

function drawn(row: Row, top: number, x: (ms: number) => number): string {
  const { depth, label, note, startMs, endMs, isOpen, isWait, error } = row;
  const indent = 12 + depth * 14;
  const kind = error !== undefined ? 'failed' : isWait ? 'wait' : 'bar';
  const width = Math.max(2, round(x(endMs) - x(startMs)));
  const took = `${length(endMs - startMs)}${isOpen ? ', goes on' : ''}`;
  const told = [took, error ?? note].filter((text) => text !== '').join(' · ');
  const base = top + ROW / 2 + 4;
  return `<g><title>${escaped(`${label}: ${told}`)}</title>`
    + `<text${error === undefined ? '' : ' class="bad"'} x="${indent}" y="${base}">${escaped(cut(label, LABELS - indent - 8))}</text>`
    + `<rect class="${kind}${isOpen ? ' open' : ''}" x="${x(startMs)}" y="${top + 4}" width="${width}" height="${ROW - 8}" rx="2"/>`
    + `<text class="${error === undefined ? 'quiet' : 'bad'}" x="${LABELS + BARS + 12}" y="${base}">${escaped(cut(told, NOTES - 24))}</text></g>`;
}

const cut = (text: string, width: number): string => fit(text, Math.floor(width / LETTER)).trimEnd();

const round = (value: number): number => Math.round(value * 10) / 10;

/** For XML, which has no way at all to write a lone surrogate or U+FFFE. */
const escaped = (text: string): string =>
  text.toWellFormed().replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
