import type { JobEvent, LogLine } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable, printableLine } from './printable.ts';
import { colouredState, time } from './words.ts';

/** Writes the lines of a log, those of one node in one colour. */
export function logLineWriter(colours: Colours, options: { readonly timestamps: boolean }): (line: LogLine) => string {
  const palette = [colours.cyan, colours.yellow, colours.green, colours.magenta, colours.blue, colours.cyanBright, colours.yellowBright, colours.greenBright];
  const paint = new Map<string, (text: string) => string>();
  return ({ at, node, step, message }) => {
    const colour = paint.get(node) ?? palette[paint.size % palette.length] ?? String;
    paint.set(node, colour);
    const source = [node, step].filter((part) => part !== '').map(printable).join(' ');
    const prefix = options.timestamps ? `${colours.dim(at)} ` : '';
    return `${prefix}${colour(`${source} |`)} ${printableLine(message, colours.isColorSupported)}\n`;
  };
}

/** A line of a job's history. */
export function eventLine(colours: Colours, { at, attempt, type, message, to }: JobEvent): string {
  const what = to === undefined ? type : colouredState(colours, to);
  const width = 22 + what.length - (to ?? type).length;
  return `${colours.dim(time(at))}  ${attempt}  ${what.padEnd(width)}  ${printable(message)}\n`.replace(/ +\n$/, '\n');
}
