import { JobNotFoundError, VersionConflictError } from '../errors/orchestrator-error.ts';
import type { JobChange } from '../lifecycle/change.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { JobId } from './ids.ts';
import type { Job } from './job.ts';

/** A job changes a few times a second at most: more conflicts than this in a row mean that something is wrong. */
const attempts = 8;

/**
 * Reads, decides and commits; when somebody else changed the job in between, does so again. `decide` answers
 * `undefined` where nothing is to change. Answers the job as it is then. Whoever has just read the job gives it as
 * `known` and saves the first read: if it has changed since, the commit says so.
 *
 * @throws JobNotFoundError
 * @throws VersionConflictError after eight conflicts in a row
 */
export async function changeJob(
  jobs: Pick<JobStore, 'get' | 'commit'>,
  jobId: JobId,
  decide: (job: Job) => JobChange | undefined,
  known?: Job,
): Promise<Job> {
  for (let n = 1; ; n += 1) {
    const job = n === 1 && known !== undefined ? known : await jobs.get(jobId);
    if (job === undefined) throw new JobNotFoundError(`There is no job ${jobId}.`, { jobId });
    const change = decide(job);
    if (change === undefined) return job;
    try {
      await jobs.commit(change);
      return change.after;
    } catch (error) {
      if (!(error instanceof VersionConflictError) || n === attempts) throw error;
    }
  }
}
