import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, YAMLMap, YAMLSeq } from 'yaml';
import { parsePath } from './problems.ts';
import type { ManifestProblem, Path } from './problems.ts';

/** A place in a text: line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset; an offset outside of the text is moved to its nearest end. */
export function positionAt(text: string, offset: number): Position {
  const end = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < end; next = text.indexOf('\n', next + 1)) {
    line += 1;
    lineStart = next + 1;
  }
  return { line, column: end - lineStart + 1 };
}

/** What a path names in a document: where its key or list item begins, and its value. */
interface Place {
  readonly offset: number;
  readonly node: Node | null;
}

/**
 * The place that a path names. Of a path that the document has only a part of, the last place that is there,
 * since that is where the missing rest belongs.
 */
function placeOf(document: Document, path: Path): Place {
  let place: Place = { node: document.contents, offset: document.contents?.range?.[0] ?? 0 };
  for (const step of path) {
    // Inside of an alias positions are those of the anchor, which is where the text to correct stands.
    const container: Node | null = isAlias(place.node) ? (place.node.resolve(document) ?? null) : place.node;
    const next = isMap<Node, Node | null>(container) ? memberOf(container, String(step)) : isSeq<Node>(container) ? itemOf(container, Number(step)) : undefined;
    if (next === undefined) return { ...place, node: null };
    place = { node: next.node, offset: next.offset ?? place.offset };
  }
  return place;
}

type Found = { readonly node: Node | null; readonly offset: number | undefined } | undefined;

function memberOf(map: YAMLMap<Node, Node | null>, key: string): Found {
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return pair && { node: pair.value, offset: pair.key.range?.[0] };
}

function itemOf(list: YAMLSeq<Node>, index: number): Found {
  const node = list.items[index];
  return node && { node, offset: node.range?.[0] };
}

/**
 * Offset in the text of what a path names: its key or its value. Mappings, lists and empty values are
 * found by their key, which says more than the line that follows it.
 */
export function offsetOf(document: Document, path: Path, at: 'key' | 'value'): number {
  const { node, offset } = placeOf(document, path);
  const range = isScalar(node) ? node.range : undefined;
  if (at === 'key' || range === undefined || range === null || range[0] === range[1]) return offset;
  return range[0];
}

/** The text of a plain value as it was written, before it was read as a number or a truth value. */
export function sourceOf(document: Document, path: Path): string | undefined {
  const { node } = placeOf(document, path);
  return isScalar(node) ? node.source : undefined;
}

/**
 * Adds line and column to problems that were found in a manifest's values, such as those of admission,
 * from the text it was read from. Problems keep what they have; a text that does not parse adds nothing.
 */
export function withPositions(text: string, problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  const document = parseDocument(text, READING);
  if (document.errors.length > 0) return problems;
  return problems.map((problem) => {
    if (problem.line !== undefined) return problem;
    return { ...problem, ...positionAt(text, offsetOf(document, parsePath(problem.path), 'value')) };
  });
}

/** How manifests are read: YAML 1.2, text keys, no merge keys, no tags but the core schema's. Repeated keys are looked for by the reader, in linear time. */
export const READING = {
  version: '1.2',
  schema: 'core',
  strict: true,
  stringKeys: true,
  uniqueKeys: false,
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;
