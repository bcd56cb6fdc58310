import type { Deployment } from '../../core/deployment/deployment.ts';
import type { Job } from '../../core/job/job.ts';
import type { Phase } from '../../core/lifecycle/task.ts';
import type { Manifest } from '../../core/manifest/schema.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import { endRunStep, isEndedFromOutside } from '../../core/runtimes/end-run.ts';
import type { NodeStep } from '../../core/runtimes/node-step.ts';
import { runtimeOf } from '../../core/runtimes/runtime-for.ts';
import { substitutionOf } from '../../core/runtimes/slurm/release.ts';
import { stepsOf, withSubmittedScript, type StepSource } from '../../core/runtimes/steps.ts';
import { manifestOf } from './job-manifest.ts';

export interface StepPorts {
  readonly jobs: JobStore;
  readonly manifests: ManifestStore;
  readonly deployment: Deployment;
}

/** The steps of a phase, and the units that must have ended before it starts. */
export interface PhasePlan {
  /** With the submitted script among its steps. */
  readonly manifest: Manifest;
  readonly steps: readonly NodeStep[];
  /** Units of the run on the head node: after a cancel or a time-out they may still be there when post-run starts. */
  readonly stopFirst: readonly string[];
  /** Said in the job's history where another release stands in for the one asked for. */
  readonly substituted?: string;
}

/**
 * Works out what `phase` runs. The same job gives the same steps in every task, whatever happened between: post-run depends on
 * the outcome of the run, so the job is to be the one that has entered it. `round` counts how often nodes were lost: the
 * configuration is gone through once more then.
 */
export async function planPhase(ports: StepPorts, job: Job, phase: Phase, round = 0): Promise<PhasePlan> {
  const submitted = await submittedOf(ports, job);
  const runtime = runtimeOf(job, submitted.manifest);
  const substituted = substitutionOf(submitted.manifest.spec.runtime.version, job.runtimeVersion);
  const manifest = withSubmittedScript(submitted);
  const stopFirst = phase === 'postRun' ? runtime.stopUnits({ manifest, jobId: job.jobId, attempt: job.attempt }) : [];
  const steps = stepsOf(phase, { ...submitted, runtime, imageAliases: ports.deployment.imageAliases }).map((step) => inRound(step, round));
  return {
    manifest,
    steps: steps.length === 0 && stopFirst.length > 0 && isEndedFromOutside(job) ? [endRunStep] : steps,
    stopFirst,
    ...(substituted === undefined ? {} : { substituted }),
  };
}

/** What was submitted: the manifest, and the script beside it. */
export async function submittedOf(ports: Pick<StepPorts, 'jobs' | 'manifests'>, job: Job): Promise<Pick<StepSource, 'manifest' | 'script'>> {
  const [manifest, script] = await Promise.all([manifestOf(ports.manifests, job), job.hasScript ? ports.jobs.script(job.jobId) : undefined]);
  return script === undefined ? { manifest } : { manifest, script };
}

/** The job itself and its post-run go on, or are begun, as if nothing had happened. */
function inRound(step: NodeStep, round: number): NodeStep {
  return step.phase === 'configure' && round > 0 ? { ...step, round } : step;
}
