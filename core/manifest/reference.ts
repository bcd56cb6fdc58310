import type { JsonSchema } from './json-schema.ts';
import { formatPath } from './problems.ts';

/** A field as the reference lists it. */
interface Field {
  readonly path: string;
  readonly type: string;
  readonly fallback: string;
  readonly description: string;
}

/** The reference of all fields of a manifest as a Markdown document, from its JSON Schema. */
export function manifestReference(schema: JsonSchema): string {
  return [
    '# Manifest reference',
    '',
    '<!-- Written by `npm run docs` from core/manifest/schema.ts; change it there. -->',
    '',
    'A manifest is one YAML or JSON document of at most 256 KiB. Unknown keys are errors. Editors complete and check it with',
    '[manifest.schema.json](manifest.schema.json): begin the file with `# yaml-language-server: $schema=<its path>`.',
    '`[]` stands for each item of a list.',
    '',
    ...fieldTable(schema),
    '',
  ].join('\n');
}

/** All fields of a document as the lines of a Markdown table. */
export function fieldTable(schema: JsonSchema): readonly string[] {
  const rows = fieldsOf(schema, []).map(({ path, type, fallback, description }) => `| \`${path}\` | ${type} | ${fallback} | ${description} |`);
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows];
}

function fieldsOf(schema: JsonSchema, path: readonly string[]): readonly Field[] {
  return objectsIn(schema).flatMap((object) =>
    membersOf(object).flatMap(([key, field]) => {
      const required = object.required?.includes(key) === true;
      const here = [...path, key];
      const row: Field = {
        path: formatPath(here).replaceAll('["[]"]', '[]').replaceAll(`["${ANY_NAME}"]`, `.${ANY_NAME}`),
        type: cell(typeOf(field)),
        fallback: required ? '**required**' : cell(fallbackOf(field)),
        description: cell(field.description ?? ''),
      };
      return [row, ...fieldsOf(field, field.items === undefined ? here : [...here, '[]'])];
    }),
  ).filter((field, index, all) => all.findIndex(({ path: other }) => other === field.path) === index);
}

/** Stands for every key of a mapping that has no keys of its own. */
const ANY_NAME = '<name>';

function membersOf({ properties = {}, additionalProperties }: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const any = typeof additionalProperties === 'object' && additionalProperties.properties !== undefined ? [[ANY_NAME, additionalProperties] as const] : [];
  return [...Object.entries(properties), ...any];
}

/** The mappings that a schema may stand for, those of a list's items included. */
function objectsIn(schema: JsonSchema): readonly JsonSchema[] {
  const nested = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [...(membersOf(schema).length === 0 ? [] : [schema]), ...nested.flatMap(objectsIn)];
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${String(word)}\``).join(' or ');
  const variants = schema.anyOf ?? (schema.properties === undefined ? schema.oneOf : undefined);
  if (variants !== undefined) return [...new Set(variants.map(typeOf))].join(' or ');
  switch (schema.type) {
    case 'array':
      return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items)}`;
    case 'object':
      return 'mapping';
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return rangeOf(schema, schema.type === 'integer' ? 'whole number' : 'number');
    default:
      return schema.type ?? 'value';
  }
}

function rangeOf(schema: JsonSchema, noun: string): string {
  const { minimum, maximum, exclusiveMinimum } = schema;
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${noun}, ${minimum} to ${maximum}`;
  return typeof exclusiveMinimum === 'number' ? `${noun} above ${exclusiveMinimum}` : noun;
}

function fallbackOf(schema: JsonSchema): string {
  const { default: fallback } = schema;
  const isEmpty = typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0;
  return fallback === undefined || isEmpty ? '' : `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
