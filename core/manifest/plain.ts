import type { LocatedProblem, Path } from './problems.ts';
import { summarise } from './problems.ts';

/** Deeper than any manifest goes; a guard for everything that walks one by recursion. */
const MAX_DEPTH = 32;
/** More than any manifest has, even with its aliases written out. */
const MAX_VALUES = 50_000;
/** Keys that change what an object is when code assigns them. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__']);

/**
 * Checks that a value is plain JSON of bounded size and depth: no cycles, no numbers or texts that JSON cannot carry.
 * Everything after this may walk the value without care.
 */
export function checkPlain(root: unknown): readonly LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  let values = 0;
  const say = (code: LocatedProblem['code'], path: Path, message: string, value?: unknown, at: 'key' | 'value' = 'value'): void => {
    problems.push({ code, path, at, message, ...(value === undefined ? {} : { value: summarise(value) }) });
  };
  const walk = (value: unknown, path: Path): void => {
    values += 1;
    if (values > MAX_VALUES) return;
    if (typeof value === 'string') return checkText(value, path, 'value');
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) say('not-json', path, 'must be a finite number', value);
      return;
    }
    if (value === null || typeof value === 'boolean') return;
    if (path.length > MAX_DEPTH) return say('too-deep', path, `is nested more than ${MAX_DEPTH} levels deep`);
    if (Array.isArray(value)) return value.forEach((item, index) => walk(item, [...path, index]));
    if (!isPlainObject(value)) return say('not-json', path, 'is not a JSON value', typeof value);
    for (const [key, inner] of Object.entries(value)) {
      if (FORBIDDEN_KEYS.has(key)) say('forbidden-key', [...path, key], 'is not allowed as a key', key, 'key');
      checkText(key, [...path, key], 'key');
      walk(inner, [...path, key]);
    }
  };
  const checkText = (text: string, path: Path, at: 'key' | 'value'): void => {
    if (text.includes('\0')) say('invalid-encoding', path, 'must not contain the character U+0000', text, at);
    if (!text.isWellFormed()) say('invalid-encoding', path, 'is not valid Unicode: it has half of a surrogate pair', text, at);
  };
  walk(root, []);
  if (values > MAX_VALUES) say('too-large', [], `has more than ${MAX_VALUES} values`);
  return problems;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
