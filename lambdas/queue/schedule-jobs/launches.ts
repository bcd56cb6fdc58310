import type { JobId } from '../../../core/job/ids.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import type { Seeker } from '../../../core/scheduling/plan.ts';

/** Jobs that look for machines now, and the lease with them only. */
export interface Launches {
  readonly lease: Lease;
  readonly seekers: readonly Seeker[];
}

/**
 * Finds out which jobs look for machines still. Nobody tells the scheduler when a job has found its machines, and it need not
 * know before the list is full, or before what they hold is to be told from what runs.
 */
export async function readLaunches(jobs: Pick<JobStore, 'get'>, lease: Lease): Promise<Launches> {
  const found = await Promise.all(lease.launching.map((jobId) => jobs.get(jobId)));
  const seekers = found.flatMap((job): Seeker[] => (job?.state === 'ACQUIRING_CAPACITY' && job.hold !== undefined ? [{ entry: queueEntryOf(job), quotas: job.hold.quotas }] : []));
  const launching: JobId[] = seekers.map(({ entry }) => entry.jobId);
  return { lease: { ...lease, launching }, seekers };
}
