/** What an attribute may be. */
export type AttributeValue = string | number | boolean | readonly string[];

/** Named as OpenTelemetry's semantic conventions have it where they have it, else `orchestrator.…`. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What a span is of. */
export type SpanSubject = 'job' | 'attempt' | 'state' | 'turn' | 'parked' | 'launch' | 'boot' | 'step' | 'node';

/** Something that happened at a moment of a span. */
export interface SpanEvent {
  readonly atMs: number;
  /** The type of the history's entry. */
  readonly name: string;
  readonly attributes: Attributes;
}

/** Another span of the same trace that this one follows from. */
export interface SpanLink {
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** A stretch of a job's life. It lies within its parent. */
export interface Span {
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Absent for the root alone. */
  readonly parentId?: string;
  readonly subject: SpanSubject;
  readonly name: string;
  readonly startMs: number;
  /** Absent while it goes on. */
  readonly endMs?: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Why it failed, where it did. */
  readonly error?: string;
}

/** The trace of one job. Parents stand before their children, and children in the order in which they began. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly spans: readonly Span[];
}
