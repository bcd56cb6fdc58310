import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { bundledConstants } from '../../lib/configuration/deployment-environment.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { bundleHandlers } from '../../lib/functions/handler-bundles.ts';
import { OrchestratorStack } from '../../lib/orchestrator-stack.ts';

export const sourceRoot = join(import.meta.dirname, '..', '..');

const scratch = mkdtempSync(join(tmpdir(), 'infra-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that is gone after the tests of this file. */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(scratch, prefix));
}

/** The handlers bundled once a test file: constants that differ between configurations do not matter to templates. */
export const bundles = await bundleHandlers(sourceRoot, bundledConstants(parseConfiguration({}, 'test', 'us-east-1')), scratchFolder('bundles-'));

interface Synthesized {
  readonly app: App;
  readonly stack: OrchestratorStack;
  readonly template: Template;
  readonly resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/**
 * A stack as `cdk synth` makes it, with the feature flags of `cdk.json`. CDK's own validation of the template takes
 * seconds: only those tests ask for it that are about it.
 */
export function synthesize(configuration: unknown = {}, options: { validate?: boolean } = {}): Synthesized {
  const { context } = JSON.parse(readFileSync(join(sourceRoot, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const parsed = parseConfiguration(configuration, 'test', 'us-east-1');
  const app = new App({
    outdir: scratchFolder('cdk.out-'),
    context: { ...context, 'aws:cdk:disable-asset-staging': true },
    builtinCloudFormationValidation: options.validate ?? false,
  });
  const stack = new OrchestratorStack(app, parsed.name, { configuration: parsed, sourceRoot, bundles, env: { region: parsed.region } });
  const template = Template.fromStack(stack);
  return { app, stack, template, resources: (template.toJSON() as { Resources: Record<string, Resource> }).Resources };
}

/** Logical ids and resources of one type. */
export function ofType(resources: Readonly<Record<string, Resource>>, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}
