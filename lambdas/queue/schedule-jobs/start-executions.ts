import type { Job } from '../../../core/job/job.ts';
import type { Executions } from '../../../core/ports/executions.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';

export interface StartPorts {
  readonly jobs: JobStore;
  readonly executions: Executions;
}

/** StartExecution has a burst of 500 or more in every Region; a few at a time keep memory and sockets small. */
const atOnce = 10;

/**
 * Starts the execution of each admitted job's attempt. The name is derived from job and attempt, so that starting twice
 * starts once; a crash before the ARN is written is mended by the reconciler in the same way.
 */
export async function startExecutions(ports: StartPorts, jobs: readonly Job[]): Promise<void> {
  for (let i = 0; i < jobs.length; i += atOnce) {
    await Promise.all(jobs.slice(i, i + atOnce).map((job) => startExecution(ports, job)));
  }
}

async function startExecution(ports: StartPorts, { jobId, attempt }: Job): Promise<void> {
  const { executionArn } = await ports.executions.start({ jobId, attempt, from: 'acquire', generation: 0 });
  await ports.jobs.recordExecution(jobId, attempt, executionArn);
}
