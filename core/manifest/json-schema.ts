import * as z from 'zod';
import { clusterDefinitionSchema } from './schema.ts';

type Literal = string | number | boolean | null;

/** The part of JSON Schema that the schemas of manifests and deployments use. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly Literal[];
  readonly const?: Literal;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

let schema: JsonSchema | undefined;

/** JSON Schema (draft 2020-12) of a manifest as users write it, for editors and documentation. */
export function manifestJsonSchema(): JsonSchema {
  schema ??= z.toJSONSchema(clusterDefinitionSchema, { target: 'draft-2020-12', io: 'input' }) as JsonSchema;
  return schema;
}
