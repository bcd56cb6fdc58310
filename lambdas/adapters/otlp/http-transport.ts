import { isNativeError } from 'node:util/types';
import type { ExportResponse, IExporterTransport } from '@opentelemetry/otlp-exporter-base';
import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import type { Endpoint } from './endpoint.ts';

/** Those of HTTP after which a request may be sent again: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable: readonly number[] = [429, 502, 503, 504];
/** Of what an endpoint answers to a refusal, for people. */
const MOST_SAID = 300;

/** One request to an endpoint that is given so long. What goes wrong is an answer. */
export class HttpTransport implements IExporterTransport {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async send(data: Uint8Array, timeoutMillis: number): Promise<ExportResponse> {
    const signal = AbortSignal.timeout(timeoutMillis);
    try {
      const headers = await this.#endpoint.headers(data);
      const answer = await fetch(this.#endpoint.url, { method: 'POST', headers, body: Uint8Array.from(data), signal, redirect: 'error' });
      const body = new Uint8Array(await answer.arrayBuffer());
      if (answer.ok) return { status: 'success', data: body };
      const error = new OTLPExporterError(`HTTP ${answer.status}: ${new TextDecoder().decode(body).slice(0, MOST_SAID)}`, answer.status);
      return retryable.includes(answer.status) ? { status: 'retryable', error, ...retryAfter(answer.headers.get('retry-after')) } : { status: 'failure', error };
    } catch (error) {
      return { status: 'retryable', error: causeOf(error) };
    }
  }

  shutdown(): void {
    // Nothing is kept open that has to be closed.
  }
}

/** Seconds or a date; a date is not worth a clock here. */
function retryAfter(header: string | null): { readonly retryInMillis?: number } {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryInMillis: seconds * 1000 } : {};
}

/** `fetch failed` says less than what it failed of. */
function causeOf(error: unknown): Error {
  if (!isNativeError(error)) return new Error(String(error));
  return isNativeError(error.cause) ? error.cause : error;
}
