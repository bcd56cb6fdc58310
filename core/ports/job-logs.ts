import type { JobId, EpochMs } from '../job/ids.ts';
import type { Page } from './page.ts';

export interface LogLine {
  /** Tells lines apart that are alike: a reader that follows the log asks again from its last line's time on. */
  readonly id: string;
  readonly atMs: EpochMs;
  readonly attempt: number;
  readonly node: string;
  readonly step: string;
  readonly message: string;
}

export interface LogQuery {
  readonly jobId: JobId;
  readonly attempt?: number;
  readonly node?: string;
  readonly step?: string;
  readonly sinceMs?: EpochMs;
  /** Nothing later is looked for, and may be left out: a log has no end by itself. */
  readonly untilMs?: EpochMs;
}

/**
 * The output of hooks and jobs. Streams are named `<jobId>/<attempt>/<node>`. Each line is JSON: `{ jobId, attempt, namespace,
 * node, step, traceId, spanId, message }` (`nodes/job_logs.py`); lines of earlier releases have `step` and `message` only.
 */
export interface JobLogs {
  /**
   * A page of it, oldest first. It may be short, even empty, while there is a cursor: reading is bounded in calls and time.
   *
   * @param signal gives the reading up: its reason is thrown
   * @throws QuotaExceededError where the log is read too often, with the time to come back
   */
  read(query: LogQuery, limit: number, cursor?: string, signal?: AbortSignal): Promise<Page<LogLine>>;
}
