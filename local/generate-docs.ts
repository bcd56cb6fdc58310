/**
 * Writes what is generated from one source of truth: the references of manifest, shares and configuration from their schemas,
 * that of causes from the diagnosis, that of metrics from their catalogue, what a deployment promises from its service levels,
 * the SDK's types from the OpenAPI document, the command line's reference from its help, the page of the drill from its
 * failures. Run by `npm run docs`.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import { drillReference } from './drill/reference.ts';
import { repositoryRoot } from './paths.ts';

const schema = manifestJsonSchema();
const write = (file: string, text: string): Promise<void> => writeFile(join(repositoryRoot, file), text);

await write('docs/manifest.md', manifestReference(schema));
await write('docs/manifest.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
await write('docs/shares-reference.md', sharesReference(sharesJsonSchema()));
await write('docs/shares.schema.json', `${JSON.stringify(sharesJsonSchema(), null, 2)}\n`);
await write('docs/configuration.md', configurationReference());
await write('docs/deployment.schema.json', `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
await write('docs/slo.md', sloReference(telemetryConfiguration.parse({})));
await write('docs/diagnosis.md', diagnosisReference());
await write('docs/metrics.md', metricsReference());
await write('docs/cli.md', cliReference());
await write('sdk/src/openapi.ts', await openApiTypes(openApiDocument()));
await write('docs/drill.md', drillReference());
