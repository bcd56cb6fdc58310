import type { Job } from '../../../core/job/job.ts';
import type { JobFilter } from '../../../core/ports/job-store.ts';

/** Whether a job is among those that a listing asks for. */
export function matches(job: Job, { namespace, state, outcome, user, label }: JobFilter): boolean {
  return (
    job.namespace === namespace &&
    (state === undefined || job.state === state) &&
    (outcome === undefined || job.outcome === outcome) &&
    (user === undefined || job.user === user) &&
    (label === undefined || (Object.hasOwn(job.labels, label.key) && job.labels[label.key] === label.value))
  );
}
