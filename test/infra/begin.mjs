// Runs once before all tests of the infrastructure: bundles the handlers, which takes seconds.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledConstants } from '../../lib/configuration/deployment-environment.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { bundleHandlers } from '../../lib/functions/handler-bundles.ts';

const sourceRoot = join(import.meta.dirname, '..', '..');

export default async function begin() {
  const folder = mkdtempSync(join(tmpdir(), 'infra-bundles-'));
  process.env.INFRA_BUNDLES = folder;
  await bundleHandlers(sourceRoot, bundledConstants(parseConfiguration({}, 'test', 'us-east-1'), sourceRoot), folder);
}
