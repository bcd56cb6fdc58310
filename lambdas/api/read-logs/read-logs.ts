import { operations } from '../../../core/api/operations.ts';
import { epochMs, isoTime } from '../../../core/job/ids.ts';
import type { JobLogs } from '../../../core/ports/job-logs.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';

export interface ReadLogsPorts {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly logs: JobLogs;
}

/** What hooks and the job wrote, oldest first. */
export function readLogs(ports: ReadLogsPorts): ApiOperation<typeof operations.readLogs> {
  return {
    schema: operations.readLogs,
    run: async ({ path, query: { limit, cursor, since, ...filter } }) => {
      const { jobId } = await findJob(ports.jobs, path);
      const from = since === undefined ? {} : { sinceMs: epochMs(Date.parse(since)) };
      const page = await ports.logs.read({ jobId, ...filter, ...from }, limit, cursor);
      const items = page.items.map(({ atMs, ...line }) => ({ ...line, at: isoTime(atMs) }));
      return { status: 200, body: { ...page, items } };
    },
  };
}
