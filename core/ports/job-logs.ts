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
}

/**
 * The output of hooks and jobs. Streams are named `<jobId>/<attempt>/<node>`. Each line is JSON: `{ jobId, attempt, namespace,
 * node, step, traceId, spanId, message }` (`nodes/job_logs.py`); lines of earlier releases have `step` and `message` only.
 */
export interface JobLogs {
  read(query: LogQuery, limit: number, cursor?: string): Promise<Page<LogLine>>;
}
