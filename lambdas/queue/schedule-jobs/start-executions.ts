import type { JobId } from '../../../core/job/ids.ts';
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
export async function startExecutions(ports: StartPorts, jobIds: readonly JobId[]): Promise<void> {
  for (let i = 0; i < jobIds.length; i += atOnce) {
    await Promise.all(jobIds.slice(i, i + atOnce).map((jobId) => startExecution(ports, jobId)));
  }
}

async function startExecution(ports: StartPorts, jobId: JobId): Promise<void> {
  const job = await ports.jobs.get(jobId);
  if (job === undefined || job.state !== 'ACQUIRING_CAPACITY') return;
  const { executionArn } = await ports.executions.start({ jobId, attempt: job.attempt, from: 'acquire', generation: 0 });
  await ports.jobs.recordExecution(jobId, job.attempt, executionArn);
}
