/**
 * Writes what is generated from one source of truth: the references of manifest, shares and configuration from their schemas,
 * that of causes from the diagnosis, that of metrics from their catalogue, what a deployment promises from its service levels,
 * the SDK's types from the OpenAPI document, the command line's reference from its help. Run by `npm run docs`.
 */
import { writeFile } from 'node:fs/promises';
import { cliReference } from '../cli/generate-reference.ts';
import { diagnosisReference } from '../core/diagnosis/reference.ts';
import { manifestJsonSchema } from '../core/manifest/json-schema.ts';
import { manifestReference } from '../core/manifest/reference.ts';
import { metricsReference } from '../core/metrics/reference.ts';
import { sharesJsonSchema } from '../core/shares/parse.ts';
import { sharesReference } from '../core/shares/reference.ts';
import { configurationJsonSchema, configurationReference } from '../lib/configuration/reference.ts';
import { telemetryConfiguration } from '../lib/configuration/telemetry.ts';
import { sloReference } from '../lib/observability/slo-reference.ts';
import { openApiDocument } from '../lambdas/api/get-openapi/openapi.ts';
import { openApiTypes } from '../sdk/generate-types.ts';

const root = new URL('../', import.meta.url);
const schema = manifestJsonSchema();

await writeFile(new URL('docs/manifest.md', root), manifestReference(schema));
await writeFile(new URL('docs/manifest.schema.json', root), `${JSON.stringify(schema, null, 2)}\n`);
await writeFile(new URL('docs/shares-reference.md', root), sharesReference(sharesJsonSchema()));
await writeFile(new URL('docs/shares.schema.json', root), `${JSON.stringify(sharesJsonSchema(), null, 2)}\n`);
await writeFile(new URL('docs/configuration.md', root), configurationReference());
await writeFile(new URL('docs/deployment.schema.json', root), `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
await writeFile(new URL('docs/slo.md', root), sloReference(telemetryConfiguration.parse({})));
await writeFile(new URL('docs/diagnosis.md', root), diagnosisReference());
await writeFile(new URL('docs/metrics.md', root), metricsReference());
await writeFile(new URL('docs/cli.md', root), cliReference());
await writeFile(new URL('sdk/src/openapi.ts', root), await openApiTypes(openApiDocument()));
