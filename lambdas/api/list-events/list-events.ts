import { viewEvent } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';

/** The history of a job, oldest first. */
export function listEvents(ports: { readonly jobs: Pick<JobStore, 'get' | 'events'> }): ApiOperation<typeof operations.listEvents> {
  return {
    schema: operations.listEvents,
    run: async ({ path, query: { limit, cursor } }) => {
      const job = await findJob(ports.jobs, path);
      const page = await ports.jobs.events(job.jobId, limit, cursor);
      return { status: 200, body: { ...page, items: page.items.map(viewEvent) } };
    },
  };
}
