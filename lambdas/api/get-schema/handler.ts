import { operations } from '../../../core/api/operations.ts';
import { manifestJsonSchema } from '../../../core/manifest/json-schema.ts';
import { apiHandler } from '../../runtime/api-handler.ts';

/** The JSON Schema of the manifest, for editors. */
export const handler = apiHandler({
  schema: operations.getManifestSchema,
  run: async () => ({ status: 200, body: manifestJsonSchema(), headers: { 'cache-control': 'max-age=300' } }),
});
