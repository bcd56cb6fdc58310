import type { Document } from 'yaml';
import { explainIssue } from './explain.ts';
import type { LocatedProblem } from './explain.ts';
import { checkPlain } from './plain.ts';
import { offsetOf, positionAt } from './position.ts';
import { formatPath } from './problems.ts';
import type { ManifestProblem } from './problems.ts';
import { readText } from './read.ts';
import { clusterDefinitionSchema } from './schema.ts';
import type { Manifest } from './schema.ts';

/** A manifest with what is doubtful about it, or everything that is wrong with it. */
export type ParsedManifest =
  | { readonly ok: true; readonly manifest: Manifest; readonly warnings: readonly ManifestProblem[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/** So many problems are told; a document with more is not a manifest. */
const MAX_PROBLEMS = 100;

type Locate = (problem: LocatedProblem) => ManifestProblem;

/**
 * Reads and validates a manifest. Never throws, whatever the text is. Problems of syntax come alone;
 * otherwise all problems come at once, in the order of the text, each with line and column.
 */
export function parseManifest(text: string, options: { readonly format?: 'yaml' | 'json' } = {}): ParsedManifest {
  const reading = readText(text, options.format ?? 'yaml');
  if (!reading.ok) return { ok: false, problems: atMost(reading.problems) };
  return validate(reading.value, locateIn(text, reading.document));
}

/** Validates a manifest that is a value already, such as a part of a JSON request; its problems have paths only. */
export function parseManifestValue(value: unknown): ParsedManifest {
  return validate(value, ({ at: _, path, ...problem }) => ({ ...problem, path: formatPath(path) }));
}

function locateIn(text: string, document: Document): Locate {
  return ({ at, path, ...problem }) => {
    const position = document.contents === null ? {} : positionAt(text, offsetOf(document, path, at));
    return { ...problem, path: formatPath(path), ...position };
  };
}

function validate(value: unknown, locate: Locate): ParsedManifest {
  const tell = (problems: readonly LocatedProblem[]): readonly ManifestProblem[] =>
    atMost(problems).map(locate).sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const unplain = checkPlain(value);
  if (unplain.length > 0) return { ok: false, problems: tell(unplain) };
  const result = clusterDefinitionSchema.safeParse(value);
  if (!result.success) return { ok: false, problems: tell(explainAll(result.error.issues, value)) };
  return { ok: true, manifest: result.data, warnings: tell(doubts(result.data)) };
}
