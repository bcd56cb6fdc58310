import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
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

/**
 * Offset in the text of what a path names: its key or its value. Of a path that the document has only a part of,
 * the last key that is there, since that is where the missing rest belongs.
 */
export function offsetOf(document: Document, path: Path, at: 'key' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const container: Node | null = resolve(node, document);
    const isLast = index === path.length - 1;
    if (isMap(container)) {
      const pair = container.items.find((item) => keyOf(item) === String(step));
      if (pair === undefined) return offset;
      node = pair.value as Node | null;
      const keyOffset = (pair.key as Node | null)?.range?.[0] ?? offset;
      offset = isLast && at === 'value' ? valueOffset(node, keyOffset) : keyOffset;
    } else if (isSeq(container)) {
      node = (container.items[Number(step)] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
    // Inside of an alias positions are those of the anchor, which is where the text to correct stands.
  }
  return offset;
}

/** An empty value has a range of no length somewhere behind its key: the key says more. */
function valueOffset(node: Node | null, keyOffset: number): number {
  const range = node?.range;
  if (range === undefined || range === null) return keyOffset;
  const isEmpty = isScalar(node) && range[0] === range[1];
  return isEmpty || !isScalar(node) ? keyOffset : range[0];
}

const resolve = (node: Node | null, document: Document): Node | null => (isAlias(node) ? (node.resolve(document) ?? null) : node);

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '');

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
