import { setTimeout as delay } from 'node:timers/promises';
import type { ExportResponse, IExporterTransport } from '@opentelemetry/otlp-exporter-base';
import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Exported, SpanExporter } from '../../../core/ports/span-exporter.ts';
import { requestsOf } from '../../../core/trace/requests.ts';
import type { ToldSpan } from '../../../core/trace/told-span.ts';
import { readableSpan } from './readable-span.ts';

/** How long others wait for telemetry, in milliseconds. */
export interface Patience {
  /** For all requests of one call together. */
  readonly callMs: number;
  /** So long nothing is sent to an endpoint that did not answer as it should. */
  readonly restMs: number;
  /** And so long to one that refuses whatever it is sent: somebody has to set it up. */
  readonly refusedMs: number;
  /** Before the first repetition, at least; it doubles. */
  readonly pauseMs: number;
}

const patience: Patience = { callMs: 3_000, restMs: 30_000, refusedMs: 600_000, pauseMs: 100 };
const REQUESTS_AT_ONCE = 4;
/** Calls in a row of which an endpoint took nothing, since it liked nothing. */
const MOST_REFUSED = 2;

/** An endpoint that answers so is well: what it was sent is not. */
const aboutSpans: readonly (number | undefined)[] = [400, 413];

/** What became of the requests of one call so far. */
interface Call {
  readonly untilMs: number;
  taken: number;
  refused: boolean;
  why?: string;
}

/**
 * Spans over OTLP/HTTP in protobuf, for a bounded time: within it a request is repeated where OTLP says that it may be, and
 * what is not taken by then is dropped. An endpoint that fails is left alone for a while. So is one that refuses everything, for
 * longer: CloudWatch answers 400 until Transaction Search is on.
 */
export class OtlpSpanExporter implements SpanExporter {
  readonly #transport: IExporterTransport;
  readonly #clock: Clock;
  readonly #patience: Patience;
  #restsUntilMs = 0;
  #refusedCalls = 0;

  constructor(transport: IExporterTransport, clock: Clock, bounds: Patience = patience) {
    this.#transport = transport;
    this.#clock = clock;
    this.#patience = bounds;
  }

  async export(spans: readonly ToldSpan[]): Promise<Exported> {
    const nowMs = this.#clock.now();
    if (nowMs < this.#restsUntilMs) return { taken: 0, dropped: spans.length };
    const { requests, tooOld } = requestsOf(spans, nowMs, bytesOf);
    const call: Call = { untilMs: nowMs + this.#patience.callMs, taken: 0, refused: false };
    const left = [...requests];
    const sendNext = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined && this.#clock.now() >= this.#restsUntilMs; next = left.shift()) await this.#send(next, call);
    };
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sendNext));
    this.#noteRefusal(call);
    const why = call.why ?? (tooOld === 0 ? undefined : 'They ended more than 14 days ago.');
    return { taken: call.taken, dropped: spans.length - call.taken, ...(why === undefined ? {} : { why }) };
  }

  async #send(spans: readonly ToldSpan[], call: Call): Promise<void> {
    const answer = await this.#answerTo(spans, call.untilMs);
    if (answer.status !== 'success') return this.#giveUp(answer, call);
    const { rejectedSpans, errorMessage = 'The endpoint did not say why.' } = partialSuccessOf(answer.data);
    call.taken += spans.length - rejectedSpans;
    if (rejectedSpans > 0) call.why = errorMessage;
  }

  async #answerTo(spans: readonly ToldSpan[], untilMs: number): Promise<ExportResponse> {
    const data = serialized(spans);
    for (let pauseMs = this.#patience.pauseMs; ; pauseMs *= 2) {
      const leftMs = untilMs - this.#clock.now();
      const answer: ExportResponse = leftMs <= 0 ? { status: 'retryable', error: new Error('The time for it was over.') } : await this.#transport.send(data, leftMs);
      if (answer.status !== 'retryable') return answer;
      const pause = Math.max(answer.retryInMillis ?? 0, pauseMs);
      if (this.#clock.now() + pause >= untilMs) return answer;
      await delay(pause);
    }
  }

  /** That our time ends says nothing of an endpoint that took others of these. */
  #giveUp({ error, status }: Exclude<ExportResponse, { status: 'success' }>, call: Call): void {
    const nowMs = this.#clock.now();
    const isRefusal = aboutSpans.includes(error instanceof OTLPExporterError ? error.code : undefined);
    const isOurs = nowMs >= call.untilMs && call.taken > 0;
    if (isRefusal) call.refused = true;
    else if (!isOurs) this.#restsUntilMs = nowMs + this.#patience.restMs;
    call.why = error?.message ?? status;
  }

  #noteRefusal({ taken, refused }: Call): void {
    if (taken > 0) this.#refusedCalls = 0;
    else if (refused) this.#refusedCalls += 1;
    if (refused && this.#refusedCalls >= MOST_REFUSED) this.#restsUntilMs = this.#clock.now() + this.#patience.refusedMs;
  }
}

const serialized = (spans: readonly ToldSpan[]): Uint8Array => ProtobufTraceSerializer.serializeRequest(spans.map(readableSpan)) ?? new Uint8Array();
const bytesOf = (span: ToldSpan): number => serialized([span]).length;

/** What an endpoint that took a request did not take of it. An answer that cannot be read is one of an endpoint that took all. */
function partialSuccessOf(data: Uint8Array | undefined): { readonly rejectedSpans: number; readonly errorMessage?: string } {
  try {
    const { rejectedSpans = 0, errorMessage } = (data === undefined ? undefined : ProtobufTraceSerializer.deserializeResponse(data).partialSuccess) ?? {};
    return { rejectedSpans, ...(errorMessage === undefined ? {} : { errorMessage }) };
  } catch {
    return { rejectedSpans: 0 };
  }
}
