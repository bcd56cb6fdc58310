import type { Attributes, AttributeValue, Span, SpanEvent, SpanLink, SpanSubject } from './span.ts';

/** A span that is being made. */
export interface GrowingSpan {
  readonly spanId: string;
  readonly parent?: GrowingSpan;
  readonly subject: SpanSubject;
  readonly name: string;
  readonly startMs: number;
  endMs?: number;
  readonly attributes: Record<string, AttributeValue>;
  readonly events: SpanEvent[];
  readonly links: SpanLink[];
  readonly below: GrowingSpan[];
  error?: string;
}

/** What a span begins with. */
export interface Beginning {
  readonly spanId: string;
  readonly parent?: GrowingSpan | undefined;
  readonly subject: SpanSubject;
  readonly name: string;
  readonly atMs: number;
  readonly attributes?: Attributes;
  readonly links?: readonly SpanLink[];
}

/** Said of a span one of whose times is not the one that was written down, since it lay outside of its parent or before what it follows. */
export const CLAMPED = 'orchestrator.clamped';

/**
 * The spans of a trace as they grow. Whatever times it is given, a span does not begin before its parent, nor end before it
 * began or after its parent; a span that ends takes along what still goes on below it.
 */
export class SpanTree {
  readonly #spans = new Map<string, GrowingSpan>();
  #ended: GrowingSpan[] = [];

  /** Begins a span; `undefined` if there is one of that id. */
  begin({ spanId, parent, subject, name, atMs, attributes = {}, links = [] }: Beginning): GrowingSpan | undefined {
    if (this.#spans.has(spanId)) return undefined;
    const startMs = within(parent, atMs);
    const span: GrowingSpan = { spanId, ...(parent === undefined ? {} : { parent }), subject, name, startMs, attributes: { ...attributes }, events: [], links: [...links], below: [] };
    if (startMs !== atMs) span.attributes[CLAMPED] = true;
    this.#spans.set(spanId, span);
    parent?.below.push(span);
    return span;
  }

  /** Ends a span, and what goes on below it. One that has ended stays as it is. */
  end(span: GrowingSpan, atMs: number, error?: string): void {
    if (span.endMs !== undefined) return;
    const endMs = Math.max(span.startMs, within(span.parent, atMs));
    if (endMs !== atMs) span.attributes[CLAMPED] = true;
    if (error !== undefined) span.error ??= error;
    for (const below of span.below) this.end(below, endMs, span.error);
    span.endMs = endMs;
    this.#ended.push(span);
  }

  /** Those that have ended since this was asked last, as they are now, each before its parent. */
  takeEnded(): readonly Span[] {
    const ended = this.#ended.map(finished);
    this.#ended = [];
    return ended;
  }

  /** As they are now, each behind its parent. */
  spans(): readonly Span[] {
    const walk = (spans: readonly GrowingSpan[]): Span[] => spans.toSorted(byBeginning).flatMap((span) => [finished(span), ...walk(span.below)]);
    return walk([...this.#spans.values()].filter(({ parent }) => parent === undefined));
  }
}

/** A moment as a parent has it: not before it began, nor after it ended. */
function within(parent: GrowingSpan | undefined, atMs: number): number {
  return parent === undefined ? atMs : Math.min(Math.max(atMs, parent.startMs), parent.endMs ?? Infinity);
}

const byBeginning = (a: GrowingSpan, b: GrowingSpan): number => a.startMs - b.startMs || Number(a.spanId > b.spanId) - Number(a.spanId < b.spanId);

function finished({ spanId, parent, subject, name, startMs, endMs, attributes, events, links, error }: GrowingSpan): Span {
  return {
    spanId, ...(parent === undefined ? {} : { parentId: parent.spanId }), subject, name, startMs, ...(endMs === undefined ? {} : { endMs }),
    attributes: { ...attributes }, events: [...events], links, ...(error === undefined ? {} : { error }),
  };
}
