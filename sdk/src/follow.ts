import type { OrchestratorClient } from './client.ts';
import { LineOrder } from './line-order.ts';
import { Pace } from './pace.ts';
import { patiently } from './patience.ts';
import { SeenLines } from './seen-lines.ts';
import type { Abortable, Job, JobDetail, JobEvent, JobRef, JobState, LogFilter, LogLine } from './types.ts';
import { wait as waitFor, type Wait } from './wait.ts';

/** How a job is watched. */
export interface WatchOptions extends Abortable {
  /**
   * Time between two questions, in milliseconds; 2,000 by default. While nothing comes it grows, up to 15 s for
   * `waitForJob` and 10 s for histories and logs, and is this again when something does.
   */
  readonly pollMs?: number;
  readonly wait?: Wait;
}

export interface WaitOptions extends WatchOptions {
  /** Called with what is known first, and again whenever the job has changed. */
  readonly onChange?: (job: JobDetail) => void;
}

const DEFAULT_POLL_MS = 2_000;
/** A job at which nothing happens is asked for less and less often. */
const MAX_POLL_MS = 15_000;
/** The same of a history and a log, which somebody looks at. The log service allows an account few readings a second. */
const MAX_FOLLOW_MS = 10_000;
/** Nodes send their lines a few at a time: so long after a line, an older one of another node may still come. */
const LATE_LINES_MS = 10_000;
/** The same where the log service was busy: a node tries again after half a minute, and does so at its end for 20 seconds. */
const LATEST_LINES_MS = 90_000;
/** How often a reading goes back that far. */
const LOOK_BACK_EVERY_MS = 20_000;
/** The longest page of log lines that the service gives. */
const LOG_PAGE = 10_000;

/** States from which no arrow leaves. */
const terminalStates: readonly JobState[] = ['PROVISIONING_FAILED', 'DESTRUCTION_FAILED', 'DONE'];

/** Whether a job is over: nothing happens to it any more. A job that will be retried is not. */
export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return terminalStates.includes(state);
}

/**
 * Waits until a job has ended, and answers what became of it.
 *
 * @throws the signal's reason, when that comes first; the job goes on then.
 */
export async function waitForJob(client: Pick<OrchestratorClient, 'getJob'>, job: JobRef, options: WaitOptions = {}): Promise<JobDetail> {
  const { signal, onChange, pollMs = DEFAULT_POLL_MS, wait = waitFor } = options;
  const ask = patiently(wait, signal);
  const pace = new Pace(pollMs, MAX_POLL_MS);
  let seen = '';
  for (;;) {
    const now = await ask(() => client.getJob(job, signalOf(signal)));
    const look = `${now.state} ${now.attempt} ${now.updatedAt} ${now.waiting?.message ?? ''}`;
    const isNews = look !== seen;
    if (isNews) onChange?.(now);
    if (hasEnded(now)) return now;
    seen = look;
    await wait(pace.after(isNews), signal);
  }
}

/** A job's history from its beginning, and what is added to it until the job has ended. */
export async function* followEvents(
  client: Pick<OrchestratorClient, 'getJob' | 'listEvents'>,
  job: JobRef,
  { signal, pollMs = DEFAULT_POLL_MS, wait = waitFor }: WatchOptions = {},
): AsyncGenerator<JobEvent, void> {
  const ask = patiently(wait, signal);
  const pace = new Pace(pollMs, MAX_FOLLOW_MS);
  let cursor: string | undefined;
  let last = 0;
  for (;;) {
    const lastBefore = last;
    // Asked before the events: what the job did until then is among them.
    const isLastTurn = hasEnded(await ask(() => client.getJob(job, signalOf(signal))));
    for (;;) {
      const from = cursor === undefined ? {} : { cursor };
      const page = await ask(() => client.listEvents(job, { ...signalOf(signal), ...from }));
      const fresh = page.items.filter(({ number }) => number > last);
      yield* fresh;
      last = fresh.at(-1)?.number ?? last;
      if (page.cursor === undefined) break;
      cursor = page.cursor;
    }
    if (isLastTurn) return;
    await wait(pace.after(last > lastBefore), signal);
  }
}

/**
 * A job's log as far as it goes, and what is added to it until the job has ended: lines of all nodes in the order of
 * their times, as far as they arrive within seconds of each other, each once. A line that arrives up to a minute after
 * newer ones is given late.
 */
export async function* followLogs(
  client: Pick<OrchestratorClient, 'getJob' | 'readLogs'>,
  job: JobRef,
  filter: LogFilter = {},
  { signal, pollMs = DEFAULT_POLL_MS, wait = waitFor }: WatchOptions = {},
): AsyncGenerator<LogLine, void> {
  const ask = patiently(wait, signal);
  const sinceMs = filter.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filter.since);
  const seen = new SeenLines(LATEST_LINES_MS);
  const order = new LineOrder();
  const pace = new Pace(pollMs, MAX_FOLLOW_MS);
  let sinceLookBackMs = 0;
  for (;;) {
    let isNews = false;
    const isLastTurn = hasEnded(await ask(() => client.getJob(job, signalOf(signal))));
    const looksBack = isLastTurn || sinceLookBackMs >= LOOK_BACK_EVERY_MS;
    if (looksBack) sinceLookBackMs = 0;
    const from = Math.max(sinceMs, seen.newestMs - (looksBack ? LATEST_LINES_MS : LATE_LINES_MS));
    const query = Number.isFinite(from) ? { ...filter, since: new Date(from).toISOString() } : filter;
    let cursor: string | undefined;
    do {
      const after = cursor === undefined ? {} : { cursor };
      const page = await ask(() => client.readLogs(job, query, { limit: LOG_PAGE, ...signalOf(signal), ...after }));
      const fresh = page.items.filter((line) => seen.isNew(line));
      for (const line of fresh) order.add(line);
      isNews ||= fresh.length > 0;
      yield* order.settled();
      ({ cursor } = page);
    } while (cursor !== undefined);
    yield* isLastTurn ? order.rest() : order.endOfReading();
    if (isLastTurn) return;
    const delayMs = pace.after(isNews);
    sinceLookBackMs += delayMs;
    await wait(delayMs, signal);
  }
}

const signalOf = (signal: AbortSignal | undefined): Abortable => (signal === undefined ? {} : { signal });
