import { diagnose } from '../../core/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../core/diagnosis/diagnosis.ts';
import type { JobCase } from '../../core/diagnosis/job-case.ts';
import { epochMs } from '../../core/job/ids.ts';
import type { JobEvent } from '../../core/job/job.ts';
import { aJob } from './job.ts';

/** An entry of the history of the sensible job; a test names what it is about. */
export function anEvent(fields: Partial<JobEvent> = {}): JobEvent {
  const { jobId, namespace } = aJob();
  return { jobId, namespace, number: 1, atMs: epochMs(1_000_000), attempt: 1, type: 'StateChanged', message: 'something', ...fields };
}

/** What is said of a sensible job that is so. */
export const whyOf = (job: Parameters<typeof aJob>[0], known: Partial<Omit<JobCase, 'job'>> = {}): Diagnosis => diagnose({ job: aJob(job), history: [], nowMs: epochMs(2_000_000), ...known });
