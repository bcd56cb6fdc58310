import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer, type StackProps } from 'aws-cdk-lib';
import { bundledConstants } from '../lib/configuration/deployment-environment.ts';
import { readConfiguration } from '../lib/configuration/load.ts';
import { bundleHandlers } from '../lib/functions/handler-bundles.ts';
import { checkWithNag } from '../lib/nag/checks.ts';
import { OrchestratorStack } from '../lib/orchestrator-stack.ts';
import { slurmImagesStack } from '../lib/slurm-images-stack.ts';

const app = new App();
const context = (key: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' ? value : undefined;
};

const configuration = readConfiguration(context('config'), process.env['CDK_DEFAULT_REGION']);
const account = process.env['CDK_DEFAULT_ACCOUNT'];
const sourceRoot = join(import.meta.dirname, '..');
const bundleFolder = mkdtempSync(join(tmpdir(), 'orchestrator-bundles-'));
process.once('exit', () => rmSync(bundleFolder, { recursive: true, force: true }));
const stackProps: StackProps = {
  env: { region: configuration.region, ...(account && { account }) },
  // For clouds without the roles of the bootstrap stack; by default the CDK assumes these.
  ...(context('synthesizer') === 'cli' && { synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer }),
};
const { network } = new OrchestratorStack(app, configuration.name, {
  configuration,
  sourceRoot,
  bundles: await bundleHandlers(sourceRoot, bundledConstants(configuration, sourceRoot), bundleFolder),
  ...stackProps,
});
slurmImagesStack(app, { configuration, network, sourceRoot, ...stackProps });
checkWithNag(app);
