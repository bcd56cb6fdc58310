import openapiTypescript, { astToString } from 'openapi-typescript';
import type { OpenAPI3 } from 'openapi-typescript';

const HEADER = '/** Generated from the OpenAPI document of the API by `npm run docs`: do not edit. */\n\n';

/** TypeScript types of every operation and schema of an OpenAPI document: the text of `src/openapi.ts`. */
export async function openApiTypes(document: object): Promise<string> {
  const nodes = await openapiTypescript(document as OpenAPI3, { alphabetize: true, defaultNonNullable: false });
  return HEADER + astToString(nodes);
}
