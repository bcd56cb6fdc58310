import { stripVTControlCharacters } from 'node:util';

/** Characters that move or hide what is beside them: they end a line, or turn its direction around. */
const unseen = /[\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/g;
/** A sequence that may be one of colours: numbers between its begin and an `m`. */
const sequence = /(\u001B\[[\d;]{0,40}m)/;
/** Blinks, blinks fast, is not seen. */
const hiding: readonly number[] = [5, 6, 8];
const reset = '\u001B[0m';

/** What a user named, on one line and without what a terminal would act on. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ').replaceAll(unseen, '');
}

/** A line of a log: colours and tabs stay, whatever else a terminal would act on does not. Its colours end with it. */
export function printableLine(text: string, hasColour: boolean): string {
  if (!hasColour) return stripVTControlCharacters(text).replaceAll(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F]+/g, '').replaceAll(unseen, '');
  const parts = text.split(sequence).map((part, index) => (index % 2 === 1 ? colourOf(part) : printableLine(part, false)));
  const last = parts.findLast((part, index) => index % 2 === 1 && part !== '') ?? reset;
  return parts.join('') + (isReset(last) ? '' : reset);
}

/** The sequence if it is about colour, brightness and lines; nothing if text would blink by it, or be hidden. */
function colourOf(part: string): string {
  const codes = part.slice(2, -1).split(';').map(Number);
  for (let at = 0; at < codes.length; at += lengthAt(codes, at)) {
    if (hiding.includes(codes[at] ?? 0)) return '';
  }
  return part;
}

/** How many numbers belong together: colours may be `38;5;n` or `38;2;r;g;b`, and `48` or `58` likewise. */
function lengthAt(codes: readonly number[], at: number): number {
  if (![38, 48, 58].includes(codes[at] ?? 0)) return 1;
  return codes[at + 1] === 2 ? 5 : 3;
}

const isReset = (part: string): boolean => /^\u001B\[[0;]*m$/.test(part);
