import type { ToldSpan } from '../trace/told-span.ts';

/** What became of spans. Together they are all that were given. */
export interface Exported {
  /** That the endpoint took. */
  readonly taken: number;
  /** That it did not take, or not in time. */
  readonly dropped: number;
  /** Why spans were dropped, where the endpoint was asked. */
  readonly why?: string;
}

/** Where spans go. Nobody waits for it longer than the deadline, and nothing it does is thrown. */
export interface SpanExporter {
  /** Sends closed spans, those of a request in this order. */
  export(spans: readonly ToldSpan[]): Promise<Exported>;
}
