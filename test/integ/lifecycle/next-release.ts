// The product's app as its next release might be: another definition of the state machine, and other code in every function.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { bundledConstants } from '../../../lib/configuration/deployment-environment.ts';
import { readConfiguration } from '../../../lib/configuration/load.ts';
import { bundleHandlers } from '../../../lib/functions/handler-bundles.ts';
import { OrchestratorStack } from '../../../lib/orchestrator-stack.ts';

const app = new App();
const deployed = readConfiguration(String(app.node.getContext('config')), undefined);
const configuration = { ...deployed, intervals: { ...deployed.intervals, nodePoll: deployed.intervals.nodePoll + 1 } };
const sourceRoot = join(import.meta.dirname, '..', '..', '..');
const bundleFolder = mkdtempSync(join(tmpdir(), 'next-release-'));
process.once('exit', () => rmSync(bundleFolder, { recursive: true, force: true }));
const stack = new OrchestratorStack(app, configuration.name, {
  configuration,
  sourceRoot,
  bundles: await bundleHandlers(sourceRoot, bundledConstants(configuration, sourceRoot), bundleFolder),
  env: { region: configuration.region, account: String(process.env['CDK_DEFAULT_ACCOUNT']) },
  synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer,
});

// A state has another name: the history of an execution tells which definition it runs.
const machines = stack.node.findAll().filter((node) => node instanceof CfnStateMachine);
for (const machine of machines) machine.definitionString = (machine.definitionString ?? '').replaceAll('"Finished"', '"FinishedByNextRelease"');
