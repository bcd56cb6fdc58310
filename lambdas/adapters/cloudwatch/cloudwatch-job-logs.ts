import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { JobLogs, LogLine, LogQuery } from '../../../core/ports/job-logs.ts';
import type { Page } from '../../../core/ports/page.ts';

/** So many calls are made for one page; a filter that lets little through then answers a short page with a cursor. */
const MAX_CALLS = 10;
/** A page ends when it has so much, and so does reading for it: a function answers with 6 MB at most, and a line may have 256 KiB. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;
/** What CloudWatch answers at once, at most. */
const MAX_EVENTS = 10_000;

/**
 * A place in the log: everything before `atMs` was read, and `skip` lines of that very millisecond. CloudWatch's own
 * tokens end after a day and with the last line; this one goes on when more is written.
 */
interface Position {
  readonly atMs: number;
  readonly skip: number;
}

/**
 * Output of jobs in one CloudWatch log group. Needs `logs:FilterLogEvents` on it. Pages may be shorter than asked for,
 * even empty, while there is a cursor.
 */
export class CloudWatchJobLogs implements JobLogs {
  readonly #client: CloudWatchLogsClient;
  readonly #logGroup: string;

  constructor(client: CloudWatchLogsClient, logGroup: string) {
    this.#client = client;
    this.#logGroup = logGroup;
  }

  /** @throws InvalidRequestError for a cursor that this log did not give out. */
  async read(query: LogQuery, limit: number, cursor?: string): Promise<Page<LogLine>> {
    let position: Position = cursor === undefined ? { atMs: query.sinceMs ?? 0, skip: 0 } : decode(cursor);
    const items: LogLine[] = [];
    let bytes = 0;
    for (let call = 0; call < MAX_CALLS && bytes < MAX_PAGE_BYTES; call += 1) {
      const { events, isEnd } = await this.#after(query, position, limit - items.length);
      for (const event of events) {
        if (items.length === limit || bytes >= MAX_PAGE_BYTES) return { items, cursor: encode(position) };
        position = past(position, event);
        const line = lineOf(event, query);
        items.push(...line);
        bytes += line.length * Buffer.byteLength(event.message ?? '');
      }
      if (isEnd) return { items };
    }
    return { items, cursor: encode(position) };
  }

  /** At least `wanted` events after a position, or as many as a page may have bytes, if there are so many; of whatever node or step. */
  async #after(query: LogQuery, { atMs, skip }: Position, wanted: number): Promise<{ readonly events: readonly FilteredLogEvent[]; readonly isEnd: boolean }> {
    // One more than wanted: whether anything follows is known then.
    const asked = Math.min(MAX_EVENTS, wanted + skip + 1);
    const found: FilteredLogEvent[] = [];
    let nextToken: string | undefined;
    let bytes = 0;
    do {
      const answer = await this.#client.send(
        new FilterLogEventsCommand({ logGroupName: this.#logGroup, logStreamNamePrefix: prefixOf(query), startTime: atMs, limit: asked, nextToken }),
      );
      for (const event of answer.events ?? []) {
        found.push(event);
        // Those that are skipped bring a page no further.
        if (found.length > skip) bytes += Buffer.byteLength(event.message ?? '');
      }
      nextToken = answer.nextToken;
    } while (nextToken !== undefined && found.length < asked && bytes < MAX_PAGE_BYTES);
    const events = found.slice(skip);
    return { events, isEnd: nextToken === undefined && (found.length < asked || events.length === 0) };
  }
}

function prefixOf({ jobId, attempt, node }: LogQuery): string {
  if (attempt === undefined) return `${jobId}/`;
  return node === undefined ? `${jobId}/${attempt}/` : `${jobId}/${attempt}/${node}`;
}

function past(position: Position, { timestamp = 0 }: FilteredLogEvent): Position {
  return timestamp === position.atMs ? { atMs: timestamp, skip: position.skip + 1 } : { atMs: timestamp, skip: 1 };
}

/** A prefix of `worker-1` finds `worker-10` too, so every name is looked at. */
function lineOf(event: FilteredLogEvent, query: LogQuery): readonly LogLine[] {
  const [jobId, attempt, node] = (event.logStreamName ?? '').split('/');
  if (jobId !== query.jobId || attempt === undefined || node === undefined) return [];
  if (query.attempt !== undefined && attempt !== String(query.attempt)) return [];
  if (query.node !== undefined && node !== query.node) return [];
  const { step, message } = contentOf(event.message ?? '');
  if (query.step !== undefined && step !== query.step) return [];
  return [{ id: event.eventId ?? '', atMs: epochMs(event.timestamp ?? 0), attempt: Number(attempt), node, step, message }];
}

/** What a node could not put into its form is shown as it is. */
function contentOf(text: string): { readonly step: string; readonly message: string } {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null && 'step' in line && 'message' in line) {
      return { step: String(line.step), message: String(line.message) };
    }
  } catch {
    // Not of ours.
  }
  return { step: '', message: text };
}

const encode = ({ atMs, skip }: Position): string => `${atMs}.${skip}`;

function decode(cursor: string): Position {
  const [, atMs, skip] = /^(\d{1,15})\.(\d{1,7})$/.exec(cursor) ?? [];
  if (atMs === undefined || skip === undefined) throw new InvalidRequestError('The cursor is not one that this listing gave out.', { cursor: cursor.slice(0, 100) });
  return { atMs: Number(atMs), skip: Number(skip) };
}
