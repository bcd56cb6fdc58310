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

/** JSON Schema (draft 2020-12) of what users write. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as JsonSchema;
}

let manifestSchema: JsonSchema | undefined;

/** JSON Schema (draft 2020-12) of a manifest as users write it, for editors and documentation. */
export function manifestJsonSchema(): JsonSchema {
  manifestSchema ??= jsonSchemaOf(clusterDefinitionSchema);
  return manifestSchema;
}
