import * as z from 'zod';
import { clusterDefinitionSchema } from './schema.ts';

/** The part of JSON Schema that the manifest's schema uses. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
}

let schema: JsonSchema | undefined;

/** JSON Schema (draft 2020-12) of a manifest as users write it, for editors and documentation. */
export function manifestJsonSchema(): JsonSchema {
  schema ??= z.toJSONSchema(clusterDefinitionSchema, { target: 'draft-2020-12', io: 'input' }) as JsonSchema;
  return schema;
}
