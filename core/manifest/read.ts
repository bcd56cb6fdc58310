import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, YAMLError, YAMLMap } from 'yaml';
import { utf8Bytes } from './fields.ts';
import { jsonErrorOffset } from './json-syntax.ts';
import { READING, positionAt } from './position.ts';
import { formatPath } from './problems.ts';
import type { ManifestProblem, ManifestProblemCode, Path } from './problems.ts';

const MAX_DOCUMENT_BYTES = 256 * 1024;
/** How many aliases a document may have, and how often the values they stand for may be repeated. */
const MAX_ALIASES = 100;
/** Levels of the document's tree, in which a pair is one too: a guard for everything that walks it by recursion. */
const MAX_ANCESTORS = 200;
/** Enough to tell; counting on would cost more than it says. */
const MAX_TOLD = 100;
/** The parser's messages quote the text, however long it is. */
const MAX_MESSAGE_LENGTH = 240;

/**
 * What stands in a text, with the document that knows where. Keys that are written twice do not keep the rest
 * from being read: `repeated` says where, and the last one counts.
 */
export type Reading =
  | { readonly ok: true; readonly value: unknown; readonly document: Document; readonly repeated: readonly ManifestProblem[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/**
 * Reads one YAML or JSON document into plain values, refusing what nobody needs in one.
 * @param wanted what the document ought to be, as messages call it: `a ClusterDefinition`.
 */
export function readText(text: string, format: 'yaml' | 'json', wanted: string): Reading {
  const unreadable = checkCharacters(text);
  if (unreadable.length > 0) return { ok: false, problems: unreadable };
  return format === 'json' ? readJson(text) : readYaml(text, wanted);
}

const problemAt = (text: string, offset: number, code: ManifestProblemCode, message: string): ManifestProblem => ({
  code,
  path: '$',
  ...positionAt(text, offset),
  message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…`.toWellFormed() : message,
});

/** Everything but tab, line feed and carriage return that YAML does not count as printable. */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/u;
const HALF_SURROGATE = /\p{Surrogate}/u;

function checkCharacters(text: string): readonly ManifestProblem[] {
  const bytes = text.length > MAX_DOCUMENT_BYTES ? text.length : utf8Bytes(text);
  if (bytes > MAX_DOCUMENT_BYTES) {
    return [problemAt(text, 0, 'too-large', `has more than ${MAX_DOCUMENT_BYTES / 1024} KiB`)];
  }
  const half = text.isWellFormed() ? -1 : text.search(HALF_SURROGATE);
  if (half >= 0) return [problemAt(text, half, 'invalid-encoding', 'is not valid Unicode: it has half of a surrogate pair')];
  const control = text.search(CONTROL);
  if (control < 0) return [];
  const code = text.charCodeAt(control).toString(16).toUpperCase().padStart(4, '0');
  return [problemAt(text, control, 'invalid-encoding', `the control character U+${code} is not allowed`)];
}

function readJson(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const offset = jsonErrorOffset(text);
    const seen = offset < text.length ? `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))}` : 'it ends too early';
    return { ok: false, problems: [problemAt(text, offset, 'invalid-syntax', `is not valid JSON: ${seen}`)] };
  }
  // JSON is read a second time as the YAML that it is, for positions and for the repeated keys that JSON.parse passes over.
  const document = parseDocument(text, READING);
  if (document.errors.length > 0) return { ok: true, value, document: parseDocument('', READING), repeated: [] };
  const { unsupported, repeated } = checkNodes(document, text);
  return unsupported.length > 0 ? { ok: false, problems: unsupported } : { ok: true, value, document, repeated };
}

function readYaml(text: string, wanted: string): Reading {
  const document = parseDocument(text, READING);
  const problems = syntaxProblems(document, text);
  if (problems.length > 0) return { ok: false, problems };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { ok: false, problems: [problemAt(text, 0, 'empty-document', `the document is empty: write ${wanted}`)] };
  }
  const { unsupported, repeated } = checkNodes(document, text);
  if (unsupported.length > 0) return { ok: false, problems: unsupported };
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }), document, repeated };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { ok: false, problems: [problemAt(text, 0, 'too-many-aliases', 'aliases repeat too many values: write them out')] };
  }
}

function syntaxProblems(document: Document, text: string): readonly ManifestProblem[] {
  const { errors } = document;
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) return [problemAt(text, exhausted.pos[0], 'too-deep', 'is nested too deeply')];
  const seen = new Map<string, ManifestProblem>();
  for (const error of [...errors.slice(0, MAX_TOLD), ...document.warnings.slice(0, MAX_TOLD)]) {
    const found = syntaxProblem(error, text);
    // One slip makes the parser complain about all that follows on the line: the first complaint is the cause.
    if (!seen.has(`${found.code} ${found.line}`)) seen.set(`${found.code} ${found.line}`, found);
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    seen.set('version', problemAt(text, 0, 'unsupported-yaml', 'is YAML 1.1; write YAML 1.2 and leave out the %YAML line'));
  }
  return [...seen.values()];
}

function syntaxProblem({ code, message, pos }: YAMLError, text: string): ManifestProblem {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return problemAt(text, pos[0], 'multiple-documents', 'a second document begins here; a file holds one');
    case 'TAB_AS_INDENT':
      return problemAt(text, pos[0], 'invalid-syntax', 'YAML is indented with spaces, not with tabs');
    case 'NON_STRING_KEY':
      return problemAt(text, pos[0], 'unsupported-yaml', 'keys must be text');
    case 'TAG_RESOLVE_FAILED':
      return problemAt(text, pos[0], 'unsupported-yaml', `YAML tags are not supported: ${message}`);
    default:
      return problemAt(text, pos[0], 'invalid-syntax', message);
  }
}

interface NodeProblems {
  readonly unsupported: readonly ManifestProblem[];
  readonly repeated: readonly ManifestProblem[];
}

/** What parses, but stands for something else than it seems: repeated keys, unknown or too many aliases, a depth without reason. */
function checkNodes(document: Document, text: string): NodeProblems {
  const unsupported: ManifestProblem[] = [];
  const repeated: ManifestProblem[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  const checkAlias = (name: string, offset: number): void => {
    aliases += 1;
    if (aliases > MAX_ALIASES) unsupported.push(problemAt(text, offset, 'too-many-aliases', `a document has at most ${MAX_ALIASES} aliases`));
    else if (!anchors.has(name)) unsupported.push(problemAt(text, offset, 'unknown-alias', `there is no anchor &${name} before this alias`));
  };
  visit(document, {
    Node(_, node, ancestors) {
      const offset = node.range?.[0] ?? 0;
      if (ancestors.length > MAX_ANCESTORS) unsupported.push(problemAt(text, offset, 'too-deep', 'is nested too deeply'));
      if (isAlias(node)) checkAlias(node.source, offset);
      else if (node.anchor !== undefined) anchors.add(node.anchor);
      if (isMap(node) && repeated.length < MAX_TOLD) repeated.push(...repeatedKeys(node, [...ancestors, node], text));
      return ancestors.length > MAX_ANCESTORS || aliases > MAX_ALIASES ? visit.BREAK : undefined;
    },
  });
  return { unsupported, repeated };
}

function repeatedKeys(map: YAMLMap, ancestors: readonly unknown[], text: string): readonly ManifestProblem[] {
  const seen = new Set<string>();
  const problems: ManifestProblem[] = [];
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name) && problems.length < MAX_TOLD) {
      const problem = problemAt(text, key.range?.[0] ?? 0, 'duplicate-key', 'is written twice in one mapping');
      problems.push({ ...problem, path: formatPath([...pathOf(ancestors), name]) });
    }
    seen.add(name);
  }
  return problems;
}

/** The path to the last of a chain of nodes, each of which holds the next. */
function pathOf(chain: readonly unknown[]): Path {
  return chain.flatMap((node, index): Path => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(node) && index + 1 < chain.length ? [node.items.indexOf(chain[index + 1])] : [];
  });
}
