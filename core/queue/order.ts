import { epochMs, type EpochMs, type JobId } from '../job/ids.ts';
import { MAX_PRIORITY } from '../manifest/schema.ts';

/** Priorities of one band are one to the scheduler: within it the fair share decides. */
export const BAND_WIDTH = 100;
/**
 * Waiting lifts a job by one band in this time, up to the highest: nothing starves behind a stream of better jobs. It is
 * part of the keys that waiting jobs are stored under (`rankTime`): a release with another value does not find the
 * entries of the one before, neither to start nor to cancel them. So changing it takes rewriting every `QUEUE#` entry.
 */
export const AGEING_MS = 48 * 3_600_000;
export const HIGHEST_BAND = MAX_PRIORITY / BAND_WIDTH;
const MS_PER_POINT = AGEING_MS / BAND_WIDTH;

/** What decides a job's place among its own. */
export interface Placed {
  readonly jobId: JobId;
  readonly priority: number;
  readonly submittedAtMs: EpochMs;
}

/**
 * When a job of the highest priority would have been submitted that stands where this one does: lower goes first.
 * Since ageing is linear in time, the order of two jobs never changes, so the queue can be kept sorted by it.
 */
export function rankTime({ priority, submittedAtMs }: Pick<Placed, 'priority' | 'submittedAtMs'>): number {
  return submittedAtMs + (MAX_PRIORITY - priority) * MS_PER_POINT;
}

/** The job's priority band at `nowMs`, ageing included. Of two jobs of one queue the first is never in a lower band. */
export function bandAt(job: Pick<Placed, 'priority' | 'submittedAtMs'>, nowMs: EpochMs): number {
  const points = MAX_PRIORITY + (nowMs - rankTime(job)) / MS_PER_POINT;
  return Math.min(HIGHEST_BAND, Math.max(0, Math.floor(points / BAND_WIDTH)));
}

/** When ageing lifts the job to the next band; `undefined` in the highest. */
export function bandRisesAt(job: Pick<Placed, 'priority' | 'submittedAtMs'>, nowMs: EpochMs): EpochMs | undefined {
  const band = bandAt(job, nowMs);
  return band >= HIGHEST_BAND ? undefined : epochMs(Math.ceil(rankTime(job) + (band + 1 - HIGHEST_BAND) * AGEING_MS));
}

/** The order of one user's jobs: rank time, then submission, then id. Total. */
export function byRank(a: Placed, b: Placed): number {
  return rankTime(a) - rankTime(b) || a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0);
}
