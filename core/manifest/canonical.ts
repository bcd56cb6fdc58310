/** What JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Canonical JSON (RFC 8785): the same text for the same value, whatever the order of its keys.
 * @throws TypeError on what JSON cannot carry: undefined, non-finite numbers, half surrogate pairs.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    // RFC 8785 takes over ECMAScript's own number format, -0 as 0 included.
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} has no JSON form`);
  // `<` compares UTF-16 code units, which is the order that RFC 8785 asks for.
  const inOrder = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const members = inOrder.map(([key, member]) => `${canonicalText(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

function canonicalText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('half a surrogate pair has no JSON form');
  return JSON.stringify(text);
}
