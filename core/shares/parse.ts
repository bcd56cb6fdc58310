import { parseText, parseValue } from '../manifest/document.ts';
import type { DocumentKind, ParsedDocument } from '../manifest/document.ts';
import { jsonSchemaOf } from '../manifest/json-schema.ts';
import type { JsonSchema } from '../manifest/json-schema.ts';
import { shareDocumentSchema } from './schema.ts';
import type { ShareDocument } from './schema.ts';

let schema: JsonSchema | undefined;

/** JSON Schema (draft 2020-12) of a share document as administrators write it, for editors and documentation. */
export function sharesJsonSchema(): JsonSchema {
  schema ??= jsonSchemaOf(shareDocumentSchema);
  return schema;
}

const shareDocument: DocumentKind<ShareDocument> = { name: 'a share document', schema: shareDocumentSchema, jsonSchema: sharesJsonSchema };

/** Reads and validates a share document. Never throws; all problems come at once, in the order of the text. */
export function parseShares(text: string, format: 'yaml' | 'json'): ParsedDocument<ShareDocument> {
  return parseText(shareDocument, text, format);
}

/** Validates a share document that is a value already; its problems have paths only. */
export function parseSharesValue(value: unknown): ParsedDocument<ShareDocument> {
  return parseValue(shareDocument, value);
}
