import { manifestJsonSchema } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { formatPath } from './problems.ts';
import type { Path } from './problems.ts';
import { nearest } from './suggest.ts';

/** The schemas that may describe the value at a path. */
function schemasAt(path: Path): readonly JsonSchema[] {
  let schemas = alternatives(manifestJsonSchema());
  for (const step of path) {
    schemas = schemas.flatMap((schema) => {
      const next = typeof step === 'number' ? schema.items : schema.properties?.[String(step)];
      return next === undefined ? [] : alternatives(next);
    });
  }
  return schemas;
}

const alternatives = (schema: JsonSchema): readonly JsonSchema[] => [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];

/** The keys that the mapping at a path may have. */
function keysAt(path: Path): readonly string[] {
  return [...new Set(schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

/** Every key of the format with the path of the mapping it belongs to; lists are entered, their indexes left out. */
function* allKeys(schema: JsonSchema, path: readonly string[]): Generator<{ key: string; parent: string }> {
  for (const alternative of alternatives(schema)) {
    for (const [key, inner] of Object.entries(alternative.properties ?? {})) {
      yield { key, parent: formatPath(path) };
      yield* allKeys(inner, [...path, key]);
    }
    if (alternative.items !== undefined) yield* allKeys(alternative.items, path);
  }
}

/** What an unknown key was probably meant to be: a key of that mapping, or one that belongs elsewhere. */
export function correctKey(key: string, path: Path): { readonly suggestion?: string; readonly belongsTo?: string } {
  const suggestion = nearest(key, keysAt(path));
  if (suggestion !== undefined) return { suggestion };
  const parents = new Set<string>();
  for (const known of allKeys(manifestJsonSchema(), [])) if (known.key === key) parents.add(known.parent);
  const [belongsTo, ...others] = parents;
  return belongsTo === undefined || others.length > 0 ? {} : { belongsTo };
}
