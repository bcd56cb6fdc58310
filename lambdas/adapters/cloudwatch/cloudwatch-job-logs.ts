import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DependencyThrottledError, QuotaExceededError } from '../../../core/errors/orchestrator-error.ts';
import { isThrottling } from '../throttling.ts';
import type { JobLogs, LogLine, LogQuery } from '../../../core/ports/job-logs.ts';
import type { Page } from '../../../core/ports/page.ts';
import { LogPage, type Asked, type Found } from './log-page.ts';
import { decode } from './log-place.ts';

/**
 * So many calls are made for one page, and for so long; a log in which little is found then answers a short page with a
 * cursor. CloudWatch takes some five of these calls a second of a whole account, which nobody can have raised.
 */
const MAX_CALLS = 10;
const MOST_MS = 8000;
/** When whoever reads too often may come back. */
const RETRY_AFTER_SECONDS = 5;

/** What became of a call. */
type Answer = Found | 'late' | 'throttled' | 'tokenUnknown';

/**
 * Output of jobs in one CloudWatch log group. Needs `logs:FilterLogEvents` on it. Pages may be shorter than asked for,
 * even empty, while there is a cursor.
 */
export class CloudWatchJobLogs implements JobLogs {
  readonly #client: CloudWatchLogsClient;
  readonly #logGroup: string;
  readonly #mostMs: number;

  constructor(client: CloudWatchLogsClient, logGroup: string, mostMs: number = MOST_MS) {
    this.#client = client;
    this.#logGroup = logGroup;
    this.#mostMs = mostMs;
  }

  /**
   * @throws InvalidRequestError for a cursor that this log did not give out
   * @throws QuotaExceededError where CloudWatch takes no call at all since too many are made
   * @throws DependencyThrottledError where it answers none in time
   */
  async read(query: LogQuery, limit: number, cursor?: string, signal?: AbortSignal): Promise<Page<LogLine>> {
    const page = new LogPage(query, limit, cursor === undefined ? { atMs: query.sinceMs ?? 0, skip: 0 } : decode(cursor));
    const over = AbortSignal.timeout(this.#mostMs);
    let hasAnswered = false;
    for (let call = 0; call < MAX_CALLS && !page.isOver; call += 1) {
      const asked = page.asked();
      const answer = await this.#ask(query, asked, over, signal);
      if (typeof answer === 'object') page.take(asked, answer);
      else if (answer === 'tokenUnknown') page.startAnew();
      else if (hasAnswered) break;
      else throw answer === 'late' ? late(this.#mostMs) : throttled();
      hasAnswered = true;
    }
    return page.page();
  }

  async #ask({ untilMs, ...query }: LogQuery, asked: Asked, over: AbortSignal, signal: AbortSignal | undefined): Promise<Answer> {
    const call = new FilterLogEventsCommand({ logGroupName: this.#logGroup, logStreamNamePrefix: prefixOf(query), endTime: untilMs, ...asked });
    try {
      return await this.#client.send(call, { abortSignal: signal === undefined ? over : AbortSignal.any([over, signal]) });
    } catch (error) {
      signal?.throwIfAborted();
      if (over.aborted) return 'late';
      if (isThrottling(error)) return 'throttled';
      // Tokens end after a day, and with what else was asked for.
      if (asked.nextToken !== undefined && error instanceof Error && error.name === 'InvalidParameterException') return 'tokenUnknown';
      throw error;
    }
  }
}

const throttled = (): QuotaExceededError => new QuotaExceededError(
  'CloudWatch Logs takes only some calls a second of an account that read logs, and too many are made: ask again in a moment.', { retryAfterSeconds: RETRY_AFTER_SECONDS });

const late = (mostMs: number): DependencyThrottledError => new DependencyThrottledError(`CloudWatch Logs has not answered within ${mostMs / 1000} seconds.`);

function prefixOf({ jobId, attempt, node }: LogQuery): string {
  if (attempt === undefined) return `${jobId}/`;
  return node === undefined ? `${jobId}/${attempt}/` : `${jobId}/${attempt}/${node}`;
}
