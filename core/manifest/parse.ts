import { parseText, parseValue } from './document.ts';
import type { DocumentKind, ParsedDocument } from './document.ts';
import { doubts } from './doubts.ts';
import { manifestJsonSchema } from './json-schema.ts';
import type { ManifestProblem } from './problems.ts';
import { clusterDefinitionSchema } from './schema.ts';
import type { Manifest } from './schema.ts';

/** A manifest with what is doubtful about it, or everything that is wrong with it. */
export type ParsedManifest =
  | { readonly ok: true; readonly manifest: Manifest; readonly warnings: readonly ManifestProblem[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

const clusterDefinition: DocumentKind<Manifest> = { name: 'a ClusterDefinition', schema: clusterDefinitionSchema, jsonSchema: manifestJsonSchema };

/**
 * Reads and validates a manifest. Never throws, whatever the text is. Problems of syntax come alone;
 * otherwise all problems come at once. They are in the order of the text, each with line and column.
 */
export function parseManifest(text: string, options: { readonly format?: 'yaml' | 'json' } = {}): ParsedManifest {
  return withDoubts(parseText(clusterDefinition, text, options.format ?? 'yaml'));
}

/** Validates a manifest that is a value already, such as a part of a JSON request; its problems have paths only. */
export function parseManifestValue(value: unknown): ParsedManifest {
  return withDoubts(parseValue(clusterDefinition, value));
}

function withDoubts(parsed: ParsedDocument<Manifest>): ParsedManifest {
  return parsed.ok ? { ok: true, manifest: parsed.value, warnings: parsed.tell(doubts(parsed.value)) } : parsed;
}
