import { existsSync, readFileSync } from 'node:fs';
import { jobId as asJobId } from '../../../core/job/ids.ts';
import { traceIdOf } from '../../../core/runtimes/trace-context.ts';
import { receivedSpans, traceVerdict, type TraceVerdict } from '../../../local/collector/received.ts';
import { eventually } from '../../../local/eventually.ts';
import { collectorLog } from '../../../local/services.ts';
import { watchedSiteOptions } from './site.ts';

/** What the collector of the watched cloud has received of a job's trace by now. */
export function receivedTrace(jobId: string): TraceVerdict {
  const log = collectorLog(watchedSiteOptions);
  return traceVerdict(existsSync(log) ? receivedSpans(readFileSync(log, 'utf8')) : [], traceIdOf(asJobId(jobId)));
}

/** Whether the root has come, and nothing that the trace hangs together by is missing. */
export const isWhole = ({ roots, orphans }: TraceVerdict): boolean => roots.length > 0 && orphans.length === 0;

/** The trace of a job that has ended, once its root has come, which leaves last, and nothing that it hangs together by is missing. */
export function wholeTrace(jobId: string): Promise<TraceVerdict> {
  return eventually(`the collector receives the whole trace of job ${jobId}`, async () => {
    const trace = receivedTrace(jobId);
    return isWhole(trace) && trace;
  });
}
