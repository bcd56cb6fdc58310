import { viewJob } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** Lists a namespace's jobs, newest first. */
export function listJobs(ports: { readonly jobs: Pick<JobStore, 'list'> }): ApiOperation<typeof operations.listJobs> {
  return {
    schema: operations.listJobs,
    run: async ({ path: { namespace }, query: { limit, cursor, ...filter } }) => {
      const page = await ports.jobs.list({ namespace, ...filter }, limit, cursor);
      return { status: 200, body: { ...page, items: page.items.map(viewJob) } };
    },
  };
}
