import type { JobId } from '../../../core/job/ids.ts';
import type { Job, JobEvent } from '../../../core/job/job.ts';
import { measurement, type Measure, type Measurement } from '../../../core/metrics/catalogue.ts';
import { isEnd, type MeasuredDeployment } from '../../../core/metrics/of-end.ts';
import { historyMeasurements } from '../../../core/metrics/of-history.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { SpanExporter } from '../../../core/ports/span-exporter.ts';
import { traceIdOf } from '../../../core/runtimes/trace-context.ts';
import { closedSpans } from '../../../core/trace/closed-spans.ts';
import { hasLine, SPAN_CLOSED, spanLine, type SpanLine } from '../../../core/trace/span-line.ts';
import { tellSpan, type ToldSpan } from '../../../core/trace/told-span.ts';
import type { TracedJob } from '../../../core/trace/traced.ts';
import { jobEntry, nameOfEntry } from './job-entry.ts';
import { KnownJobs } from './known-jobs.ts';

export interface TelemetryPorts {
  readonly jobs: Pick<JobStore, 'get' | 'events' | 'attempt'>;
  /** Absent: the deployment exports no traces. */
  readonly spans?: SpanExporter;
  readonly measure: Measure;
  readonly log: EventLog;
  readonly deployment: MeasuredDeployment;
}

/** What entries of one job say. */
interface Told {
  /** Entries of which it is not known what they close. */
  readonly leftOut: number;
  readonly lines: readonly SpanLine[];
  readonly spans: readonly ToldSpan[];
  readonly measurements: readonly Measurement[];
}

const nothing = { lines: [], spans: [], measurements: [] } as const;
const JOBS_AT_ONCE = 10;
/** Jobs that are not read by then are left out: the batch must not end with the function's time. */
const MOST_READING_MS = 10_000;

/**
 * Tells what entries of histories mean to whoever watches: spans leave as they close, each has its line in the log, and
 * metrics are measured. Nothing of the product waits for it or fails with it: what cannot be told is left out and counted.
 */
export class JobTelemetry {
  readonly #ports: TelemetryPorts;
  readonly #known: KnownJobs;
  readonly #mostReadingMs: number;

  constructor(ports: TelemetryPorts, mostReadingMs: number = MOST_READING_MS) {
    this.#ports = ports;
    this.#mostReadingMs = mostReadingMs;
    this.#known = new KnownJobs(ports.jobs);
  }

  /** @param items of the stream, in its order; what is no entry of a history is passed over, entries that cannot be read are counted */
  async tell(items: readonly unknown[]): Promise<void> {
    const { measure, log } = this.#ports;
    const read = items.map((item) => ({ item, entry: jobEntry(item) }));
    const entries = read.flatMap(({ entry }) => entry ?? []);
    const unread = this.#unread(read.flatMap(({ item, entry }) => (entry === undefined ? [item] : [])));
    const told = await this.#toldOf([...Map.groupBy(entries, ({ jobId }) => jobId)]);
    for (const line of told.flatMap(({ lines }) => lines)) log.info(SPAN_CLOSED, { ...line });
    const exported = await this.#export(told.flatMap(({ spans }) => spans));
    const dropped = told.reduce((sum, { leftOut }) => sum + leftOut, exported.dropped + unread);
    measure([
      ...told.flatMap(({ measurements }) => measurements),
      ...(exported.taken === 0 ? [] : [measurement('SpansExported', exported.taken, {})]),
      ...(dropped === 0 ? [] : [measurement('SpansDropped', dropped, {})]),
    ]);
  }

  /** How many of what is no entry here are entries all the same, each with a line: of a type that this release does not know, after a deployment of an older one. */
  #unread(items: readonly unknown[]): number {
    const names = items.flatMap((item) => nameOfEntry(item) ?? []);
    for (const name of names) this.#ports.log.warn('An entry could not be read', name);
    return names.length;
  }

  /** A store that hangs holds nobody up: what it answers later is remembered, and not told. */
  async #toldOf(histories: readonly (readonly [JobId, readonly JobEvent[]])[]): Promise<readonly Told[]> {
    const over = AbortSignal.timeout(this.#mostReadingMs);
    const late = new Promise<undefined>((resolve) => { over.addEventListener('abort', () => { resolve(undefined); }); });
    const told: Told[] = [];
    for (let at = 0; at < histories.length; at += JOBS_AT_ONCE) {
      const group = histories.slice(at, at + JOBS_AT_ONCE);
      told.push(...(await Promise.all(group.map(async ([jobId, entries]) =>
        (over.aborted ? undefined : await Promise.race([late, this.#ofJob(jobId, entries)])) ?? { ...nothing, leftOut: entries.length }))));
    }
    return told;
  }

  async #ofJob(jobId: JobId, entries: readonly JobEvent[]): Promise<Told | undefined> {
    try {
      const known = await this.#known.withEntries(jobId, entries);
      if (known === undefined) return undefined;
      const { job, history } = known;
      const { deployment } = this.#ports;
      if (history === undefined) return { ...nothing, leftOut: entries.length, measurements: historyMeasurements(deployment, { job, entries, spans: [] }) };
      const asked = new Set(entries.map(({ number }) => number));
      const news = history.filter(({ number }) => asked.has(number));
      const spans = closedSpans(await this.#traced(job, news), history, (number) => asked.has(number));
      return {
        leftOut: 0,
        lines: spans.filter(hasLine).map((span) => spanLine(job, span)),
        spans: spans.map((span) => tellSpan(traceIdOf(jobId), span, job, span.endMs)),
        measurements: historyMeasurements(deployment, { job, history, entries: news, spans }),
      };
    } catch (error) {
      this.#ports.log.warn('A history could not be told', { jobId, error });
      return undefined;
    }
  }

  /** The records of attempts that end tell why they did. */
  async #traced(job: Job, news: readonly JobEvent[]): Promise<TracedJob> {
    const ended = new Set(news.filter((entry) => isEnd(entry) || entry.to === 'PENDING' || entry.type === 'AttemptRetried').map(({ attempt }) => attempt));
    const attempts = await Promise.all([...ended].map((attempt) => this.#ports.jobs.attempt(job.jobId, attempt)));
    return { ...job, attempts: attempts.filter((attempt) => attempt !== undefined) };
  }

  async #export(spans: readonly ToldSpan[]): Promise<{ readonly taken: number; readonly dropped: number }> {
    if (this.#ports.spans === undefined || spans.length === 0) return { taken: 0, dropped: 0 };
    try {
      const { taken, dropped, why } = await this.#ports.spans.export(spans);
      // An endpoint that fails is asked once in a while, and this is said as often.
      if (why !== undefined) this.#ports.log.warn('Spans dropped', { dropped, why });
      return { taken, dropped };
    } catch (error) {
      this.#ports.log.warn('Spans dropped', { dropped: spans.length, error });
      return { taken: 0, dropped: spans.length };
    }
  }
}
