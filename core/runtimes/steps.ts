import { InvalidManifestError } from '../errors/orchestrator-error.ts';
import type { Phase } from '../lifecycle/task.ts';
import type { Manifest } from '../manifest/schema.ts';
import { withScript } from '../manifest/script.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { NodeStep, UnplacedStep } from './node-step.ts';
import { userStep } from './user-step.ts';

/** All that decides which steps an attempt runs. */
export interface StepSource {
  readonly manifest: Manifest;
  /** The script that was submitted beside the manifest. */
  readonly script?: string;
  readonly runtime: Runtime;
  /** Container image by the alias that manifests use. */
  readonly imageAliases: Readonly<Record<string, string>>;
}

/**
 * The steps of a phase, in order, numbered from 0. Configure: what the runtime prepares, then the user's hooks, then
 * what brings the cluster up, on all nodes. Run: the job, on the head node. Post-run: the user's hooks, on the head node.
 */
export function stepsOf(phase: Phase, source: StepSource): readonly NodeStep[] {
  const manifest = withSubmittedScript(source);
  return unplacedSteps(phase, source.runtime, manifest).map((step, index) => ({
    ...step,
    action: resolveImage(step.action, source.imageAliases),
    phase,
    index,
  }));
}

/** The manifest with the submitted script as its last `onRun` step: what a runtime is asked with. */
export function withSubmittedScript({ manifest, script }: Pick<StepSource, 'manifest' | 'script'>): Manifest {
  if (script === undefined) return manifest;
  const result = withScript(manifest, script);
  if (!result.ok) throw new InvalidManifestError('The submitted script cannot be run.', { problems: result.problems });
  return result.manifest;
}

function unplacedSteps(phase: Phase, runtime: Runtime, manifest: Manifest): readonly UnplacedStep[] {
  const { hooks } = manifest.spec;
  switch (phase) {
    case 'configure':
      return [...runtime.prepare({ manifest }), ...hooks.onConfigure.map((step) => userStep(step, 'all')), ...runtime.start({ manifest })];
    case 'run':
      return runtime.run({ manifest });
    case 'postRun':
      return hooks.onPostRun.map((step) => userStep(step, 'head'));
  }
}

function resolveImage(action: NodeStep['action'], aliases: Readonly<Record<string, string>>): NodeStep['action'] {
  if (action.kind === 'script' || !Object.hasOwn(aliases, action.image)) return action;
  return { ...action, image: aliases[action.image] ?? action.image };
}
