import type { StepLine } from '../../../core/diagnosis/job-case.ts';
import type { FailedStep } from '../../../core/diagnosis/step-end.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { JobLogs } from '../../../core/ports/job-logs.ts';

/** As many as are shown. */
const MOST_LINES = 20;
/** A page, and how many are read of a stretch at most: whoever prints more in so short a time is not read to the end. */
const PAGE = 1000;
const MOST_PAGES = 3;
/** Logs are read from a time on: first a short stretch before the end, then longer ones. */
const STRETCHES_MS: readonly number[] = [30_000, 600_000, Number.POSITIVE_INFINITY];

/**
 * The last lines of a step that failed, of the node that failed first, oldest first. None where they cannot be had at little
 * cost: the history has the very last ones of any step.
 *
 * @param startedAtMs when the attempt's first line may have been written
 */
export async function lastLines(logs: JobLogs, job: Job, failed: FailedStep, startedAtMs: number): Promise<readonly StepLine[]> {
  let lines: readonly StepLine[] = [];
  for (const stretchMs of STRETCHES_MS) {
    const sinceMs = Math.max(startedAtMs, failed.event.atMs - stretchMs);
    const read = await lastOf(logs, job, failed, sinceMs);
    // A longer stretch is no shorter to read.
    if (read === undefined) return lines;
    lines = read;
    if (lines.length >= MOST_LINES || sinceMs === startedAtMs) return lines;
  }
  return lines;
}

/** The last lines of all since a time; `undefined` where there are too many to see the last. */
async function lastOf(logs: JobLogs, { jobId, attempt }: Job, { name: step, node }: FailedStep, sinceMs: number): Promise<readonly StepLine[] | undefined> {
  let lines: readonly StepLine[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { jobId, attempt, step, sinceMs: epochMs(sinceMs), ...(node === undefined ? {} : { node }) };
    const read = await logs.read(query, PAGE, cursor);
    lines = [...lines, ...read.items.map(({ atMs, node: at, message }) => ({ atMs, node: at, message }))].slice(-MOST_LINES);
    ({ cursor } = read);
    if (cursor === undefined) return lines;
  }
  return undefined;
}
