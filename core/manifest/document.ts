import type { Document } from 'yaml';
import type { z } from 'zod';
import { explainIssues } from './explain.ts';
import type { Vocabulary } from './known-keys.ts';
import { checkPlain } from './plain.ts';
import { offsetOf, positionAt, sourceOf } from './position.ts';
import { formatPath } from './problems.ts';
import type { LocatedProblem, ManifestProblem } from './problems.ts';
import { readText } from './read.ts';

/** A kind of document that people write. */
export interface DocumentKind<T> extends Vocabulary {
  readonly schema: z.ZodType<T>;
}

/** What stands in a document, or everything that is wrong with it. */
export type ParsedDocument<T> =
  | {
    readonly ok: true;
    readonly value: T;
    /** The same as it was written, without defaults. */
    readonly written: unknown;
    /** Gives problems that are found in the value later their places in the text. */
    readonly tell: (problems: readonly LocatedProblem[]) => readonly ManifestProblem[];
  }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/** So many problems are told; a document with more is not of its kind. */
const MAX_PROBLEMS = 100;

/**
 * Reads and validates a document. Never throws, whatever the text is. Problems of syntax come alone;
 * otherwise all problems come at once. They are in the order of the text, each with line and column.
 */
export function parseText<T>(kind: DocumentKind<T>, text: string, format: 'yaml' | 'json'): ParsedDocument<T> {
  const reading = readText(text, format, kind.name);
  if (!reading.ok) return { ok: false, problems: inOrder(reading.problems) };
  const { value, document, repeated } = reading;
  return validate(kind, value, (problem) => locate(problem, text, document), repeated);
}

/** Validates a document that is a value already; its problems have paths only. */
export function parseValue<T>(kind: DocumentKind<T>, value: unknown): ParsedDocument<T> {
  return validate(kind, value, told, []);
}

function validate<T>(
  kind: DocumentKind<T>,
  value: unknown,
  tellOne: (problem: LocatedProblem) => ManifestProblem,
  found: readonly ManifestProblem[],
): ParsedDocument<T> {
  const tell = (problems: readonly LocatedProblem[]): readonly ManifestProblem[] => problems.slice(0, 2 * MAX_PROBLEMS).map(tellOne);
  const refused = (problems: readonly LocatedProblem[]) => ({ ok: false, problems: inOrder([...found, ...tell(problems)]) }) as const;
  const unplain = checkPlain(value);
  if (unplain.length > 0) return refused(unplain);
  const result = kind.schema.safeParse(value);
  if (!result.success) return refused(explainIssues(result.error.issues, value, kind));
  if (found.length > 0) return refused([]);
  return { ok: true, value: result.data, written: value, tell: (problems) => inOrder(tell(problems)) };
}

function told({ code, path, message, value, suggestion }: LocatedProblem): ManifestProblem {
  return {
    code,
    path: formatPath(path),
    message,
    ...(value === undefined ? {} : { value }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function locate(problem: LocatedProblem, text: string, document: Document): ManifestProblem {
  // YAML finds nothing in JSON that begins with a tab and is one value.
  if (document.contents === null) return { ...told(problem), ...positionAt(text, text.search(/\S/)) };
  const { path, at, quotes } = problem;
  const source = quotes === true ? sourceOf(document, path) : undefined;
  const located = { ...told(problem), ...positionAt(text, offsetOf(document, path, at)) };
  return source === undefined ? located : { ...located, suggestion: JSON.stringify(source) };
}

/** The problems in the order of the text; of very many, the first ones and how many more there are. */
function inOrder(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  const sorted = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  if (sorted.length <= MAX_PROBLEMS) return sorted;
  const message = `there are ${sorted.length - MAX_PROBLEMS} more problems at least`;
  return [...sorted.slice(0, MAX_PROBLEMS), { code: 'more-problems', path: '$', message }];
}
