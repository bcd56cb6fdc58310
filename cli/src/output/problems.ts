import type { Problem, ProblemEntry } from '@advanced-orchestrator/sdk';
import { printable } from './printable.ts';

/** All problems of a document, each on a line with its place, as compilers write them. */
export function problemLines(file: string, { errors = [], detail }: Problem): readonly string[] {
  return errors.length === 0 ? [`${file}: ${detail}`] : errors.map((entry) => problemLine(file, entry));
}

/** `file:line:column: path: message (suggestion)`. */
function problemLine(file: string, { code, line, column, path, message, suggestion }: ProblemEntry, kind = ''): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const subject = code === 'invalid-syntax' ? '' : path === '$' ? 'the document: ' : `${path}: `;
  const meant = suggestion === undefined ? '' : ` (did you mean ${JSON.stringify(suggestion)}?)`;
  return printable(`${place}: ${kind}${subject}${message}${meant}`);
}

/** What is allowed and probably not meant. */
export function warningLines(file: string, warnings: readonly ProblemEntry[]): string {
  return warnings.map((entry) => `${problemLine(file, entry, 'warning: ')}\n`).join('');
}
