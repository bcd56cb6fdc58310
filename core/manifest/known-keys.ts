import type { JsonSchema } from './json-schema.ts';
import { formatPath } from './problems.ts';
import type { Path } from './problems.ts';
import { nearest } from './suggest.ts';

/** What a kind of document is called, and the keys that it has. */
export interface Vocabulary {
  /** As messages call it: `a ClusterDefinition`. */
  readonly name: string;
  /** Of a document as it is written. */
  readonly jsonSchema: () => JsonSchema;
}

/** The schemas that may describe the value at a path. */
function schemasAt(path: Path, root: JsonSchema): readonly JsonSchema[] {
  let schemas = alternatives(root);
  for (const step of path) {
    schemas = schemas.flatMap((schema) => {
      const next = typeof step === 'number' ? schema.items : memberSchema(schema, String(step));
      return next === undefined ? [] : alternatives(next);
    });
  }
  return schemas;
}

function memberSchema({ properties, additionalProperties }: JsonSchema, key: string): JsonSchema | undefined {
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

const alternatives = (schema: JsonSchema): readonly JsonSchema[] => [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];

/** The keys that the mapping at a path may have. */
function keysAt(path: Path, root: JsonSchema): readonly string[] {
  return [...new Set(schemasAt(path, root).flatMap((schema) => Object.keys(schema.properties ?? {})))];
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
export function correctKey(key: string, path: Path, root: JsonSchema): { readonly suggestion?: string; readonly belongsTo?: string } {
  const suggestion = nearest(key, keysAt(path, root));
  if (suggestion !== undefined) return { suggestion };
  const parents = new Set<string>();
  for (const known of allKeys(root, [])) if (known.key === key) parents.add(known.parent);
  const [belongsTo, ...others] = parents;
  return belongsTo === undefined || others.length > 0 ? {} : { belongsTo };
}
