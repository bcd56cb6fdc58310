import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { commonDimensions } from '../../core/metrics/catalogue.ts';
import { emfLines } from '../../core/metrics/emf-lines.ts';
import type { JobEvent } from '../../core/job/job.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import { readableSpan } from '../../lambdas/adapters/otlp/readable-span.ts';
import { JobTelemetry } from '../../lambdas/queue/publish-events/job-telemetry.ts';
import type { Units } from './units.ts';

/** The function that tells of jobs. */
export const PUBLISHER = 'PublishEvents';

/** What the logger of the deployed function puts around the facts of a line: level, time, service, request, trace, its own name and size. */
const LINE_FRAME = 519;
/** What stands in a line of the embedded metric format beside names, units and values. */
const EMF_FRAME = 180;

/** What is told of a job beside its history, and what it takes. */
export interface ToldOfJob extends Units {
  readonly spans: number;
  /** By which they are sent. */
  readonly requests: number;
  /** As they are sent. */
  readonly spanBytes: number;
  readonly lines: number;
  /** Of lines of spans and of metrics together. */
  readonly logBytes: number;
}

/** The publisher's telemetry as it is, with an endpoint and a log that only weigh what they get. */
export class MeasuredTelemetry {
  readonly #telemetry: JobTelemetry;
  #told = { spans: 0, requests: 0, spanBytes: 0, lines: 0, logBytes: 0 };

  constructor(jobs: JobStore) {
    const line = (message: string, facts: Readonly<Record<string, unknown>>): void => this.#write(JSON.stringify({ message, ...facts }).length + LINE_FRAME);
    this.#telemetry = new JobTelemetry({
      jobs,
      log: { info: line, warn: line },
      measure: (measurements) => {
        for (const metrics of emfLines(measurements)) this.#write(2 * JSON.stringify({ ...commonDimensions, metrics }).length + EMF_FRAME);
      },
      spans: {
        export: async (spans) => {
          const bytes = ProtobufTraceSerializer.serializeRequest(spans.map(readableSpan))?.length ?? 0;
          this.#told = { ...this.#told, spans: this.#told.spans + spans.length, requests: this.#told.requests + 1, spanBytes: this.#told.spanBytes + bytes };
          return { taken: spans.length, dropped: 0 };
        },
      },
      deployment: { namespaces: {}, telemetry: {} },
    });
  }

  get told(): Omit<ToldOfJob, keyof Units> {
    return this.#told;
  }

  /** Entries of the job's history, as the stream brings them. */
  tell(entries: readonly JobEvent[]): Promise<void> {
    return this.#telemetry.tell(entries);
  }

  #write(bytes: number): void {
    this.#told = { ...this.#told, lines: this.#told.lines + 1, logBytes: this.#told.logBytes + bytes };
  }
}
