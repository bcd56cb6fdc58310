import type { Document } from 'yaml';
import { doubts } from './doubts.ts';
import { explainIssues } from './explain.ts';
import { checkPlain } from './plain.ts';
import { offsetOf, positionAt, sourceOf } from './position.ts';
import { formatPath } from './problems.ts';
import type { LocatedProblem, ManifestProblem } from './problems.ts';
import { readText } from './read.ts';
import { clusterDefinitionSchema } from './schema.ts';
import type { Manifest } from './schema.ts';

/** A manifest with what is doubtful about it, or everything that is wrong with it. */
export type ParsedManifest =
  | { readonly ok: true; readonly manifest: Manifest; readonly warnings: readonly ManifestProblem[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/** So many problems are told; a document with more is not a manifest. */
const MAX_PROBLEMS = 100;

/**
 * Reads and validates a manifest. Never throws, whatever the text is. Problems of syntax come alone;
 * otherwise all problems come at once. They are in the order of the text, each with line and column.
 */
export function parseManifest(text: string, options: { readonly format?: 'yaml' | 'json' } = {}): ParsedManifest {
  const reading = readText(text, options.format ?? 'yaml');
  if (!reading.ok) return { ok: false, problems: inOrder(reading.problems) };
  const { value, document, repeated } = reading;
  return validate(value, (problem) => locate(problem, text, document), repeated);
}

/** Validates a manifest that is a value already, such as a part of a JSON request; its problems have paths only. */
export function parseManifestValue(value: unknown): ParsedManifest {
  return validate(value, told, []);
}

function validate(value: unknown, tell: (problem: LocatedProblem) => ManifestProblem, found: readonly ManifestProblem[]): ParsedManifest {
  const all = (problems: readonly LocatedProblem[]): readonly ManifestProblem[] => inOrder([...found, ...problems.slice(0, 2 * MAX_PROBLEMS).map(tell)]);
  const unplain = checkPlain(value);
  if (unplain.length > 0) return { ok: false, problems: all(unplain) };
  const result = clusterDefinitionSchema.safeParse(value);
  if (!result.success) return { ok: false, problems: all(explainIssues(result.error.issues, value)) };
  if (found.length > 0) return { ok: false, problems: inOrder(found) };
  return { ok: true, manifest: result.data, warnings: all(doubts(result.data)) };
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
  if (document.contents === null) return told(problem);
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
