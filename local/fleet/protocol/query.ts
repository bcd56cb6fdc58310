/** A value of the EC2 query protocol, after the dotted keys have been folded into a tree. */
type QueryValue = string | QueryValue[] | QueryParams;

/** The parameters of a query-protocol request as a tree; numbered members have become arrays. */
export interface QueryParams {
  readonly [key: string]: QueryValue;
}

type Draft = Map<string, string | Draft>;

/**
 * Folds `Filter.1.Value.2=x` into `{ Filter: [{ Value: [, 'x'] }] }`. Members are ordered by their number;
 * gaps close, as EC2 reads them.
 */
export function parseQuery(body: string): QueryParams {
  const root: Draft = new Map();
  for (const [key, value] of new URLSearchParams(body)) {
    insert(root, key.split('.'), value);
  }
  return toObject(root);
}

function insert(draft: Draft, path: readonly string[], value: string): void {
  const [head, ...rest] = path;
  if (head === undefined) {
    return;
  }
  if (rest.length === 0) {
    draft.set(head, value);
    return;
  }
  const existing = draft.get(head);
  const child: Draft = existing instanceof Map ? existing : new Map();
  draft.set(head, child);
  insert(child, rest, value);
}

function toValue(draft: string | Draft): QueryValue {
  if (typeof draft === 'string') {
    return draft;
  }
  const keys = [...draft.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return [...draft.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => toValue(value));
  }
  return toObject(draft);
}

function toObject(draft: Draft): QueryParams {
  return Object.fromEntries([...draft.entries()].map(([key, value]) => [key, toValue(value)]));
}

/** The text at `key`, or undefined where it is missing or empty. */
export function text(params: QueryParams, key: string): string | undefined {
  const value = params[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The number at `key`, or undefined; text that is no number is undefined too. */
export function number(params: QueryParams, key: string): number | undefined {
  const value = text(params, key);
  const parsed = value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** Whether the text at `key` is `true`. */
export function flag(params: QueryParams, key: string): boolean {
  return text(params, key)?.toLowerCase() === 'true';
}

/** The structure at `key`, empty where it is missing. */
export function structure(params: QueryParams, key: string): QueryParams {
  const value = params[key];
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** The structures listed at `key`. */
export function structures(params: QueryParams, key: string): QueryParams[] {
  const value = params[key];
  return Array.isArray(value)
    ? value.filter((item): item is QueryParams => typeof item === 'object' && !Array.isArray(item))
    : [];
}

/** The texts listed at `key`. */
export function texts(params: QueryParams, key: string): string[] {
  const value = params[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
