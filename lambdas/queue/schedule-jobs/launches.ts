import type { JobId } from '../../../core/job/ids.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';

/**
 * The lease with those jobs only that look for machines still. Nobody tells the scheduler when a job has found its
 * machines, and it need not know before the list is full.
 */
export async function pruneLaunches(jobs: Pick<JobStore, 'get'>, lease: Lease): Promise<Lease> {
  const found = await Promise.all(lease.launching.map((jobId) => jobs.get(jobId)));
  const launching: JobId[] = found.flatMap((job) => (job?.state === 'ACQUIRING_CAPACITY' && job.hold !== undefined ? [job.jobId] : []));
  return { ...lease, launching };
}
