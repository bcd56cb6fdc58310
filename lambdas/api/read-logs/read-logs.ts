import { DEFAULT_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import { operations } from '../../../core/api/operations.ts';
import { epochMs, isoTime } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { JobLogs, LogQuery } from '../../../core/ports/job-logs.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';

export interface ReadLogsPorts {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly logs: JobLogs;
  /** Logs of providers whose nodes write none of their own. */
  readonly logsOfProviders?: ReadonlyMap<string, JobLogs>;
}

/** So long after the end of a job, whose machines are gone then, lines of theirs may be: clocks differ. */
const LATEST_AFTER_END_MS = 15 * 60_000;

/** What hooks and the job wrote, oldest first. */
export function readLogs(ports: ReadLogsPorts): ApiOperation<typeof operations.readLogs> {
  return {
    schema: operations.readLogs,
    run: async ({ path, query: { limit, cursor, since, ...filter } }) => {
      const job = await findJob(ports.jobs, path);
      const { jobId, submittedAtMs, provider = DEFAULT_PROVIDER } = job;
      // Nothing was written before the job was there or after it; without a begin and an end CloudWatch looks through years.
      const sinceMs = epochMs(Math.max(submittedAtMs, since === undefined ? 0 : Date.parse(since)));
      const page = await (ports.logsOfProviders?.get(provider) ?? ports.logs).read({ jobId, ...filter, sinceMs, ...untilOf(job) }, limit, cursor);
      const items = page.items.map(({ atMs, ...line }) => ({ ...line, at: isoTime(atMs) }));
      return { status: 200, body: { ...page, items } };
    },
  };
}

/** Machines that could not be destroyed may go on writing. */
function untilOf({ state, endedAtMs }: Job): Pick<LogQuery, 'untilMs'> {
  return endedAtMs === undefined || state === 'DESTRUCTION_FAILED' ? {} : { untilMs: epochMs(endedAtMs + LATEST_AFTER_END_MS) };
}
