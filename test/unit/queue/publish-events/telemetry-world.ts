import type { Attempt, Job, JobEvent } from '../../../../core/job/job.ts';
import type { Measurement } from '../../../../core/metrics/catalogue.ts';
import type { Exported, SpanExporter } from '../../../../core/ports/span-exporter.ts';
import type { ToldSpan } from '../../../../core/trace/told-span.ts';
import type { TracedEvent } from '../../../../core/trace/traced.ts';
import { JobTelemetry } from '../../../../lambdas/queue/publish-events/job-telemetry.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { aJob } from '../../../builders/job.ts';
import { SUBMITTED_MS } from '../../../builders/trace.ts';

/** Jobs in the store, with their histories, and everything that is told of them. */
export class TelemetryWorld {
  readonly jobs = new Map<string, { job: Job; history: readonly JobEvent[]; attempts?: readonly Attempt[] }>();
  readonly lines: { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[] = [];
  readonly measured: Measurement[] = [];
  readonly sent: ToldSpan[] = [];
  /** Calls of the store by name. */
  readonly reads: string[] = [];
  /** Answers instead of the endpoint, or the store. */
  exported: ((spans: readonly ToldSpan[]) => Promise<Exported>) | undefined;
  readFails: Error | undefined;
  /** Jobs of which the store says nothing for good. */
  readonly hanging = new Set<string>();
  readonly deployment = { namespaces: { research: {}, '*': {} }, telemetry: { costLabel: { key: 'cost-center', values: ['fold'] } } };

  /** A process with nothing in its memory. */
  process(exports = true, mostReadingMs?: number): JobTelemetry {
    return new JobTelemetry({ ...this.#ports(), ...(exports ? { spans: this.#exporter() } : {}) }, mostReadingMs);
  }

  /** Puts a job and its history into the store; answers the entries. */
  add(fields: Partial<Job>, history: readonly TracedEvent[]): readonly JobEvent[] {
    const job = aJob({ submittedAtMs: epochMs(SUBMITTED_MS), ...fields });
    const { jobId, namespace, provider } = job;
    const entries = history.map((event) => ({ jobId, namespace, ...(provider === undefined ? {} : { provider }), ...event }));
    this.jobs.set(jobId, { job, history: entries });
    return entries;
  }

  #ports() {
    const read = async <T>(what: string, value: T): Promise<T> => {
      this.reads.push(what);
      if (this.readFails !== undefined) throw this.readFails;
      return value;
    };
    return {
      jobs: {
        get: (id: string) => (this.hanging.has(id) ? new Promise<never>(() => undefined) : read('get', this.jobs.get(id)?.job)),
        attempt: (id: string, attempt: number) => read('attempt', this.jobs.get(id)?.attempts?.find((one) => one.attempt === attempt)),
        events: (id: string) => read('events', { items: this.jobs.get(id)?.history ?? [] }),
      },
      measure: (measurements: readonly Measurement[]) => void this.measured.push(...measurements),
      log: { info: this.#line, warn: this.#line },
      deployment: this.deployment,
    };
  }

  readonly #line = (message: string, facts: Readonly<Record<string, unknown>>): void => void this.lines.push({ message, facts });

  #exporter(): SpanExporter {
    return {
      export: async (spans) => {
        if (this.exported !== undefined) return this.exported(spans);
        this.sent.push(...spans);
        return { taken: spans.length, dropped: 0 };
      },
    };
  }
}
