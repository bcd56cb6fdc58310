/** Writes the documents that are generated from the manifest's schema: `node bin/generate-docs.ts`. */
import { writeFile } from 'node:fs/promises';
import { manifestJsonSchema } from '../core/manifest/json-schema.ts';
import { manifestReference } from '../core/manifest/reference.ts';

const docs = new URL('../docs/', import.meta.url);
const schema = manifestJsonSchema();

await writeFile(new URL('manifest.md', docs), manifestReference(schema));
await writeFile(new URL('manifest.schema.json', docs), `${JSON.stringify(schema, null, 2)}\n`);
