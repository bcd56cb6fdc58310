import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { epochMs } from '../../../core/job/ids.ts';
import type { LogLine, LogQuery } from '../../../core/ports/job-logs.ts';
import type { Page } from '../../../core/ports/page.ts';
import { encode, type Place, type Search } from './log-place.ts';

/** A page ends when it has so much, and so does reading for it: a function answers with 6 MB at most, and a line may have 256 KiB. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;
/** What CloudWatch answers at once, at most: as many events, or a megabyte of them. */
const MAX_EVENTS = 10_000;

/** What is asked for next. */
export interface Asked {
  readonly startTime: number;
  readonly limit: number;
  readonly nextToken: string | undefined;
}

/** What CloudWatch answered. */
export interface Found {
  readonly events?: readonly FilteredLogEvent[] | undefined;
  readonly nextToken?: string | undefined;
}

/** A page as it is filled, answer by answer. */
export class LogPage {
  readonly #query: LogQuery;
  readonly #limit: number;
  readonly #items: LogLine[] = [];
  #bytes = 0;
  /** Where the search began that goes on. */
  #from: Pick<Place, 'atMs' | 'skip'>;
  #search: Partial<Search> & Pick<Search, 'left'>;
  /** Events that it asks for at once. */
  #asks: number;
  /** Behind the last event that was looked at. */
  #place: Pick<Place, 'atMs' | 'skip'>;
  #isOver = false;
  #isLast = false;

  constructor(query: LogQuery, limit: number, from: Place) {
    this.#query = query;
    this.#limit = limit;
    this.#from = this.#place = from;
    this.#search = from.search ?? { left: from.skip };
    this.#asks = this.#atOnce();
  }

  /** Whether nothing more is to be asked for. */
  get isOver(): boolean {
    return this.#isOver;
  }

  asked(): Asked {
    return { startTime: this.#from.atMs, limit: this.#asks, nextToken: this.#search.token };
  }

  take({ limit }: Asked, { events = [], nextToken }: Found): void {
    const before = this.#place;
    for (const event of events) {
      if (this.#isSkipped(event)) continue;
      if (this.#isFull()) return this.#end();
      this.#add(event);
    }
    if (nextToken === undefined) return this.#restart(events.length >= limit && this.#place !== before);
    this.#search = { left: this.#search.left, token: nextToken };
    if (this.#isFull()) this.#end();
  }

  /** Searches from the place that was reached, as where CloudWatch does not know a token any more. */
  startAnew(): void {
    this.#from = this.#place;
    this.#search = { left: this.#from.skip };
    this.#asks = this.#atOnce();
  }

  /** The page as far as it has come. */
  page(): Page<LogLine> {
    if (this.#isLast) return { items: this.#items };
    const { token, left } = this.#search;
    // Where something was found, the place says how far it has come.
    const search = this.#place !== this.#from || token === undefined ? {} : { search: { token, left } };
    return { items: this.#items, cursor: encode({ atMs: this.#place.atMs, skip: this.#place.skip, ...search }) };
  }

  /** Of what is told apart here only, most may be of others; else one more than wanted, by which it is known whether anything follows. */
  #atOnce(): number {
    const { step, node, attempt } = this.#query;
    const isSifted = step !== undefined || (node !== undefined && attempt === undefined);
    return isSifted ? MAX_EVENTS : Math.min(MAX_EVENTS, this.#limit - this.#items.length + this.#from.skip + 1);
  }

  #isFull(): boolean {
    return this.#items.length >= this.#limit || this.#bytes >= MAX_PAGE_BYTES;
  }

  #isSkipped({ timestamp }: FilteredLogEvent): boolean {
    if (this.#search.left === 0 || timestamp !== this.#from.atMs) return false;
    this.#search = { ...this.#search, left: this.#search.left - 1 };
    return true;
  }

  #add(event: FilteredLogEvent): void {
    const { timestamp = 0, message = '' } = event;
    this.#place = { atMs: timestamp, skip: timestamp === this.#place.atMs ? this.#place.skip + 1 : 1 };
    const line = lineOf(event, this.#query);
    this.#items.push(...line);
    this.#bytes += line.length * Buffer.byteLength(message);
  }

  /** There is no token. Where as much came as was asked for, more may follow all the same. */
  #restart(mayFollow: boolean): void {
    if (!mayFollow) {
      this.#isLast = true;
      return this.#end();
    }
    this.startAnew();
    if (this.#isFull()) this.#end();
  }

  #end(): void {
    this.#isOver = true;
  }
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
