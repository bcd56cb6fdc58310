import type { z } from 'zod';

/** Every kind of problem a manifest may have. Clients match on these; they never change their meaning. */
export type ManifestProblemCode =
  | 'too-large'
  | 'invalid-encoding'
  | 'invalid-syntax'
  | 'duplicate-key'
  | 'multiple-documents'
  | 'empty-document'
  | 'too-many-aliases'
  | 'unknown-alias'
  | 'unsupported-yaml'
  | 'forbidden-key'
  | 'too-deep'
  | 'not-json'
  | 'missing'
  | 'unknown-key'
  | 'wrong-type'
  | 'invalid-value'
  | 'out-of-range'
  | 'conflict'
  | 'not-supported'
  | 'not-offered'
  | 'limit-exceeded'
  | 'no-time-limit'
  | 'windows-line-ends'
  | 'more-problems';

/** One thing that is wrong with a manifest, said so that a person can correct it. */
export interface ManifestProblem {
  readonly code: ManifestProblemCode;
  /** Where, as a JSON path like `spec.nodePools[0].count`; `$` is the whole document. */
  readonly path: string;
  /** Line in the text, from 1; absent when the manifest did not come as text. */
  readonly line?: number;
  /** Column in the line, from 1, in UTF-16 code units as editors count. */
  readonly column?: number;
  readonly message: string;
  /** What was found there, shortened; a list or mapping is summarised. */
  readonly value?: string | number | boolean | null;
  /** What was probably meant: a key or a value to write instead. */
  readonly suggestion?: string;
}

/** Steps from the root of a document to a place in it. */
export type Path = readonly PropertyKey[];

/** A problem whose place is still a list of steps, so that the text can be searched for it. */
export type LocatedProblem = Omit<ManifestProblem, 'path'> & {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** The suggestion is the value in quotes, for which the text has the better form: `0123` is not 123. */
  readonly quotes?: true;
};

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_SHOWN_LENGTH = 80;
const MAX_SHOWN_KEY_LENGTH = 128;

/** Writes a path the way people do: `spec.nodePools[0].count`, `metadata.labels["cost-center"]`. */
export function formatPath(path: Path): string {
  const text = path.map(formatStep).join('');
  return text === '' ? '$' : text.replace(/^\./, '');
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = shorten(String(step), MAX_SHOWN_KEY_LENGTH);
  return PLAIN_KEY.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The inverse of {@link formatPath}; what does not read as a path ends it. */
export function parsePath(text: string): Path {
  const steps: PropertyKey[] = [];
  const step = /\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (let match = step.exec(text); match !== null; match = step.exec(text)) {
    if (match[1] !== undefined) steps.push(match[1]);
    else if (match[2] !== undefined) steps.push(Number(match[2]));
    else steps.push(String(JSON.parse(match[3] ?? '""')));
  }
  return steps;
}

/** What stands at a path of a value, `undefined` when there is nothing. Only own properties count. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** Whether a value is a mapping. */
export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A short form of any value that is safe to put into JSON and into a terminal's line. */
export function summarise(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return shorten(value.toWellFormed(), MAX_SHOWN_LENGTH);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? `a mapping of ${Object.keys(value).length}` : typeof value;
}

function shorten(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…`.toWellFormed() : text;
}

/** What a cross-field rule reports through zod, read back when issues become problems. */
export interface RuleFinding {
  readonly code: ManifestProblemCode;
  readonly path: Path;
  readonly message: string;
  readonly suggestion?: string;
}

/** Hands a finding to zod, keeping its code and suggestion. */
export function report(ctx: z.core.$RefinementCtx, { code, path, message, suggestion }: RuleFinding): void {
  ctx.addIssue({ code: 'custom', path: [...path], message, params: { code, ...(suggestion === undefined ? {} : { suggestion }) } });
}
