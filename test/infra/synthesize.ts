import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { bundledBefore } from '../../lib/functions/handler-bundles.ts';
import { OrchestratorStack } from '../../lib/orchestrator-stack.ts';
import { slurmImagesStack } from '../../lib/slurm-images-stack.ts';

export const sourceRoot = join(import.meta.dirname, '..', '..');

const bundlesFolder = process.env['INFRA_BUNDLES'] ?? '';
const scratch = mkdtempSync(join(tmpdir(), 'infra-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that is gone after the tests of this file. */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(scratch, prefix));
}

/** The handlers, bundled once a run: constants that differ between configurations do not matter to templates. */
export const bundles = await bundledBefore(sourceRoot, bundlesFolder);

interface Synthesized extends Made {
  /** The stack within the stack that watches it. */
  readonly observability: Made;
  /** The stack of images, where the configuration asks for one. */
  readonly images?: Made;
}

interface Made {
  readonly template: Template;
  readonly resources: Readonly<Record<string, Resource>>;
}

/** Templates of a configuration, as they are kept. */
interface Templates {
  readonly stack: Json;
  readonly observability: Json;
  readonly images?: Json;
}

type Json = ReturnType<Template['toJSON']>;

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** What `cdk synth` makes of a configuration. It takes a second, so that what one file has made is kept for the others. */
export function synthesize(configuration: unknown = {}): Synthesized {
  const { stack, observability, images } = templatesOf(configuration);
  return { ...made(stack), observability: made(observability), ...(images && { images: made(images) }) };
}

function templatesOf(configuration: unknown): Templates {
  const kept = join(bundlesFolder, `templates-${createHash('sha256').update(JSON.stringify(configuration)).digest('hex')}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Templates;
  const { stack, images } = constructs(configuration);
  const [own, observability] = [stack, stack.observability].map((each) => Template.fromStack(each).toJSON()) as [Json, Json];
  const templates: Templates = { stack: own, observability, ...(images && { images: Template.fromStack(images).toJSON() }) };
  // Whole or not at all, whoever else makes the same.
  const written = join(scratchFolder('templates-'), 'templates.json');
  writeFileSync(written, JSON.stringify(templates));
  renameSync(written, kept);
  return templates;
}

function made(json: Json): Made {
  return { template: Template.fromJSON(json), resources: json['Resources'] as Record<string, Resource> };
}

/**
 * The constructs of a configuration, with the feature flags of `cdk.json`. CDK's own validation of the template takes
 * seconds: only those tests ask for it that are about it.
 */
export function constructs(configuration: unknown, options: { readonly validate?: boolean } = {}): { readonly app: App; readonly stack: OrchestratorStack; readonly images: Stack | undefined } {
  const { context } = JSON.parse(readFileSync(join(sourceRoot, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const parsed = parseConfiguration(configuration, 'test', 'us-east-1');
  const app = new App({
    outdir: scratchFolder('cdk.out-'),
    // Neither is in a template: where in the sources each construct is made, and the tree of all of them.
    context: { ...context, 'aws:cdk:disable-asset-staging': true, 'aws:cdk:disable-stack-trace': true },
    treeMetadata: false,
    builtinCloudFormationValidation: options.validate ?? false,
  });
  const env = { region: parsed.region };
  const stack = new OrchestratorStack(app, parsed.name, { configuration: parsed, sourceRoot, bundles, env });
  return { app, stack, images: slurmImagesStack(app, { configuration: parsed, network: stack.network, sourceRoot, env }) };
}

/** Logical ids and resources of one type. */
export function ofType(resources: Readonly<Record<string, Resource>>, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}
