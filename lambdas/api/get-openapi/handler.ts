import { operations } from '../../../core/api/operations.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { openApiDocument } from './openapi.ts';

const document = openApiDocument();

/** The OpenAPI document of this very API. */
export const handler = apiHandler({
  schema: operations.getOpenApi,
  run: async () => ({ status: 200, body: document, headers: { 'cache-control': 'max-age=300' } }),
});
