import { stripVTControlCharacters } from 'node:util';

/** What a user named, on one line and without what a terminal would act on. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ');
}

/** A line of a log: colours and tabs stay, whatever else a terminal would act on does not. */
export function printableLine(text: string, hasColour: boolean): string {
  if (!hasColour) return stripVTControlCharacters(text).replaceAll(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F]+/g, '');
  const parts = text.split(/(\u001B\[[\d;]*m)/);
  return parts.map((part, index) => (index % 2 === 1 ? part : printableLine(part, false))).join('');
}
