import type { Deployment } from '../../core/deployment/deployment.ts';
import type { Job } from '../../core/job/job.ts';
import type { Phase } from '../../core/lifecycle/task.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import type { NodeStep } from '../../core/runtimes/node-step.ts';
import { runtimeFor } from '../../core/runtimes/runtime-for.ts';
import { stepsOf, withSubmittedScript } from '../../core/runtimes/steps.ts';
import { manifestOf } from './job-manifest.ts';

export interface StepPorts {
  readonly jobs: JobStore;
  readonly manifests: ManifestStore;
  readonly deployment: Deployment;
}

/** The steps of a phase, and the units that must have ended before it starts. */
export interface PhasePlan {
  readonly steps: readonly NodeStep[];
  /** Units of the run on the head node: after a cancel or a time-out they may still be there when post-run starts. */
  readonly stopFirst: readonly string[];
  /** Said in the job's history where another runtime stands in for the one asked for. */
  readonly substituted?: string;
}

/**
 * Works out what `phase` runs. The same job gives the same steps in every task, whatever happened between. `round` counts
 * how often lost nodes were replaced: the configuration is gone through once more then, for the nodes that are new.
 */
export async function planPhase(ports: StepPorts, job: Job, phase: Phase, round = 0): Promise<PhasePlan> {
  const [stored, script] = await Promise.all([
    manifestOf(ports.manifests, job),
    job.hasScript ? ports.jobs.script(job.jobId) : undefined,
  ]);
  const submitted = script === undefined ? { manifest: stored } : { manifest: stored, script };
  const { runtime, substituted } = runtimeFor(job.runtime);
  const manifest = withSubmittedScript(submitted);
  return {
    steps: stepsOf(phase, { ...submitted, runtime, imageAliases: ports.deployment.imageAliases }).map((step) => inRound(step, round)),
    stopFirst: phase === 'postRun' ? runtime.stopUnits({ manifest, jobId: job.jobId, attempt: job.attempt }) : [],
    ...(substituted === undefined ? {} : { substituted }),
  };
}

/** The job itself and its post-run go on, or are begun, as if nothing had happened. */
function inRound(step: NodeStep, round: number): NodeStep {
  return step.phase === 'configure' && round > 0 ? { ...step, round } : step;
}
