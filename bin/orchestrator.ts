import { join } from 'node:path';
import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { OrchestratorStack } from '../lib/orchestrator-stack.ts';
import { readConfiguration } from '../lib/configuration/load.ts';
import { checkWithNag } from '../lib/nag/checks.ts';

const app = new App();
const context = (key: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' ? value : undefined;
};

const configuration = readConfiguration(context('config'), process.env['CDK_DEFAULT_REGION']);
const account = process.env['CDK_DEFAULT_ACCOUNT'];
new OrchestratorStack(app, configuration.name, {
  configuration,
  sourceRoot: join(import.meta.dirname, '..'),
  env: { region: configuration.region, ...(account && { account }) },
  // For clouds without the roles of the bootstrap stack; by default the CDK assumes these.
  ...(context('synthesizer') === 'cli' && { synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer }),
});
checkWithNag(app);
