import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { openApiDocument } from '../../../lambdas/api/get-openapi/openapi.ts';
import { openApiTypes } from '../../../sdk/generate-types.ts';

it('has types that are those of the API as it is now: otherwise run "npm run docs"', async () => {
  const committed = await readFile(new URL('../../../sdk/src/openapi.ts', import.meta.url), 'utf8');
  expect(await openApiTypes(openApiDocument())).toBe(committed);
});
