import { z } from 'zod';
import type { JsonSchema } from '../../core/manifest/json-schema.ts';
import { deploymentConfiguration } from './schema.ts';

/** JSON Schema of the configuration as administrators write it, for editors. */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(deploymentConfiguration, { target: 'draft-2020-12', io: 'input' });
}

/** The reference of all fields of the configuration as a Markdown document. */
export function configurationReference(): string {
  return [
    '# Configuration of a deployment',
    '',
    '<!-- Written by `npm run docs` from lib/configuration/schema.ts; change it there. -->',
    '',
    'A JSON file, `deployment.json` unless `cdk deploy --all -c config=<file>` names another. Every field has a default, so that',
    '`{}` is a deployment; unknown keys are errors. [deployment.example.json](../deployment.example.json) is one for',
    'production, and `"$schema": "docs/deployment.schema.json"` lets editors complete and check it.',
    '',
    '| field | value | default | meaning |',
    '|---|---|---|---|',
    ...rows(configurationJsonSchema(), ''),
    '',
  ].join('\n');
}

function rows(schema: JsonSchema, path: string): string[] {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return variants.flatMap((variant) => rows(variant, variantPath(variant, path)));
  const named = Object.entries(schema.properties ?? {}).filter(([name, field]) => name !== '$schema' && field.const === undefined);
  const any = typeof schema.additionalProperties === 'object' ? [['<name>', schema.additionalProperties] as const] : [];
  return [...named, ...any].flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`;
    // What a name stands for is said at the mapping.
    if (name === '<name>' && field.description === undefined) return rows(field, here);
    return [`| \`${here}\` | ${valueOf(field)} | ${defaultOf(field)} | ${cell(field.description ?? '')} |`, ...rows(field, here)];
  });
}

/** A variant is named by what tells it from the others, its `kind`. */
function variantPath({ properties }: JsonSchema, path: string): string {
  const kind = properties?.['kind']?.const;
  return kind === undefined ? path : `${path}(${String(kind)})`;
}

function valueOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${String(word)}\``).join(', ');
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return [...new Set(variants.map(valueOf))].join(', ');
  if (schema.type === 'array') return `list of ${valueOf(schema.items ?? {})}`;
  if (schema.type === 'object') return 'mapping';
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return schema.type ?? 'any';
}

function defaultOf(schema: JsonSchema): string {
  const value = schema.default;
  // Mappings are shown by their fields.
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))) return '';
  return `\`${JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
