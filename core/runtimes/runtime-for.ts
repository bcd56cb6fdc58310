import { InternalError } from '../errors/orchestrator-error.ts';
import type { Job } from '../job/job.ts';
import type { Manifest } from '../manifest/schema.ts';
import type { Runtime } from '../ports/runtime.ts';
import { noneRuntime } from './none-runtime.ts';
import { slurmRuntime } from './slurm/slurm-runtime.ts';

const runtimes: ReadonlyMap<string, Runtime> = new Map([noneRuntime, slurmRuntime].map((runtime) => [runtime.type, runtime]));

/**
 * The runtime for a manifest's `runtime.type`.
 *
 * @throws InternalError for one that submissions do not take.
 */
export function runtimeFor(type: string): Runtime {
  const runtime = runtimes.get(type);
  if (runtime === undefined) throw new InternalError('This release does not know the runtime of the job.', { type });
  return runtime;
}

/**
 * The runtime that a job runs with: the one of its manifest, but for jobs with Slurm that were accepted before there was
 * any. Those have no release of Slurm, though machines need the deployment's images, and go on as they were accepted: without.
 *
 * @throws InternalError for a runtime that submissions do not take
 */
export function runtimeOf(job: Pick<Job, 'runtime' | 'runtimeVersion' | 'provider'>, { spec }: Pick<Manifest, 'spec'>): Runtime {
  const runtime = runtimeFor(job.runtime);
  const isOfBefore = job.runtimeVersion === undefined && job.provider === undefined && spec.nodePools.some(({ image }) => image === undefined);
  return runtime === slurmRuntime && isOfBefore ? noneRuntime : runtime;
}
