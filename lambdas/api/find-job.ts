import { JobNotFoundError } from '../../core/errors/orchestrator-error.ts';
import { changeJob } from '../../core/job/change-job.ts';
import { jobId as asJobId } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import type { JobChange } from '../../core/lifecycle/change.ts';
import type { JobStore } from '../../core/ports/job-store.ts';

/** A job as a path names it. */
export interface JobPath {
  readonly namespace: string;
  readonly jobId: string;
}

/** @throws JobNotFoundError, also for a job of another namespace: who may not see it learns nothing of it. */
export async function findJob(jobs: Pick<JobStore, 'get'>, { namespace, jobId }: JobPath): Promise<Job> {
  return inNamespace(await jobs.get(asJobId(jobId)), { namespace, jobId });
}

/**
 * Changes a job by a user's request; one that asks for what is so already changes nothing. Answers the job as it is then.
 *
 * @throws JobNotFoundError
 */
export async function changeUsersJob(
  jobs: Pick<JobStore, 'get' | 'commit'>,
  path: JobPath,
  decide: (job: Job) => JobChange | 'already',
): Promise<Job> {
  return changeJob(jobs, asJobId(path.jobId), (job) => {
    const change = decide(inNamespace(job, path));
    return change === 'already' ? undefined : change;
  });
}

function inNamespace(job: Job | undefined, { namespace, jobId }: JobPath): Job {
  if (job?.namespace !== namespace) throw new JobNotFoundError(`There is no job ${jobId} in namespace ${namespace}.`, { jobId, namespace });
  return job;
}
