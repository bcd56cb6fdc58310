import { DEFAULT_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import { operations } from '../../../core/api/operations.ts';
import { epochMs, isoTime } from '../../../core/job/ids.ts';
import type { JobLogs } from '../../../core/ports/job-logs.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';

export interface ReadLogsPorts {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly logs: JobLogs;
  /** Logs of providers whose nodes write none of their own. */
  readonly logsOfProviders?: ReadonlyMap<string, JobLogs>;
}

/** What hooks and the job wrote, oldest first. */
export function readLogs(ports: ReadLogsPorts): ApiOperation<typeof operations.readLogs> {
  return {
    schema: operations.readLogs,
    run: async ({ path, query: { limit, cursor, since, ...filter } }) => {
      const { jobId, submittedAtMs, provider = DEFAULT_PROVIDER } = await findJob(ports.jobs, path);
      // Nothing was written before the job was there; without a begin CloudWatch looks through years.
      const sinceMs = epochMs(Math.max(submittedAtMs, since === undefined ? 0 : Date.parse(since)));
      const page = await (ports.logsOfProviders?.get(provider) ?? ports.logs).read({ jobId, ...filter, sinceMs }, limit, cursor);
      const items = page.items.map(({ atMs, ...line }) => ({ ...line, at: isoTime(atMs) }));
      return { status: 200, body: { ...page, items } };
    },
  };
}
