import Table from 'cli-table3';
import type { Colours } from '../session.ts';

const noBorders = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '',
};

/** Rows under their headings, columns two spaces apart. Cells that are numbers stand to the right. */
export function table(colours: Colours, head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const made = new Table({
    head: head.map((text) => colours.dim(text)),
    chars: noBorders,
    colAligns: head.map((_, column) => (rows.every((row) => typeof row[column] === 'number') ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
  });
  made.push(...rows.map((row) => row.map(String)));
  return `${trimEnds(made.toString())}\n`;
}

/** Names and values, one pair a line. */
export function properties(colours: Colours, pairs: readonly (readonly [string, string | undefined])[]): string {
  const present = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '');
  const width = Math.max(0, ...present.map(([name]) => name.length)) + 2;
  return present.map(([name, value]) => `${colours.dim(name.padEnd(width))}${value}\n`).join('');
}

const trimEnds = (text: string): string => text.split('\n').map((line) => line.trimEnd()).join('\n');
