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
/** So long after its end was noticed a line of the step may be: clocks differ. */
const LATEST_AFTER_END_MS = 10 * 60_000;

/**
 * The last lines of a step that failed, of the node that failed first, oldest first. None where they cannot be had at little
 * cost: the history has the very last ones of any step.
 *
 * @param startedAtMs when the attempt's first line may have been written
 * @param signal gives it up: what was found until then is answered, or else its reason thrown
 */
export async function lastLines(logs: JobLogs, job: Job, failed: FailedStep, startedAtMs: number, signal: AbortSignal): Promise<readonly StepLine[]> {
  let lines: readonly StepLine[] = [];
  for (const stretchMs of STRETCHES_MS) {
    const sinceMs = Math.max(startedAtMs, failed.event.atMs - stretchMs);
    const read = await lastOf(logs, job, failed, sinceMs, signal).catch((error: unknown) => {
      if (lines.length === 0) throw error;
      return undefined;
    });
    // A longer stretch is no shorter to read.
    if (read === undefined) return lines;
    lines = read;
    if (lines.length >= MOST_LINES || sinceMs === startedAtMs) return lines;
  }
  return lines;
}

/** The last lines of all since a time; `undefined` where there are too many to see the last. */
async function lastOf(logs: JobLogs, { jobId, attempt }: Job, { name: step, node, event }: FailedStep, sinceMs: number, signal: AbortSignal): Promise<readonly StepLine[] | undefined> {
  let lines: readonly StepLine[] = [];
  let cursor: string | undefined;
  const query = { jobId, attempt, step, sinceMs: epochMs(sinceMs), untilMs: epochMs(event.atMs + LATEST_AFTER_END_MS), ...(node === undefined ? {} : { node }) };
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const read = await unlessGivenUp(logs.read(query, PAGE, cursor, signal), signal);
    lines = [...lines, ...read.items.map(({ atMs, node: at, message }) => ({ atMs, node: at, message }))].slice(-MOST_LINES);
    ({ cursor } = read);
    if (cursor === undefined) return lines;
  }
  return undefined;
}

/** What is awaited, unless the signal comes before it: nobody relies on a log to heed it. */
async function unlessGivenUp<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const givenUp = Promise.withResolvers<never>();
  const giveUp = (): void => { givenUp.reject(signal.reason); };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([awaited, givenUp.promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
