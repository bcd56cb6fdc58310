/** A span as a collector says that it received it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly startNano: string;
  readonly endNano: string;
  readonly status: string;
  readonly message: string;
  /** `name: Type(value)` */
  readonly attributes: readonly string[];
  readonly events: readonly string[];
  /** Attributes of whoever made it, by name, as text. */
  readonly resource: Readonly<Record<string, string>>;
}

/** The spans in the log of a collector (rotel, `--debug-log traces --debug-log-verbosity detailed`), in the order in which they came. */
export function receivedSpans(log: string): readonly ReceivedSpan[] {
  return log.split(/^ResourceSpans #\d+$/m).slice(1).flatMap((group) => {
    const [head = '', ...spans] = group.split(/^Span #\d+$/m);
    const resource = resourceOf(head);
    return spans.map((text) => spanOf(text, resource));
  });
}

/** What is to be said of a trace that was received as a whole. */
export interface TraceVerdict {
  readonly spans: readonly ReceivedSpan[];
  readonly roots: readonly ReceivedSpan[];
  /** Those whose parent was not received. */
  readonly orphans: readonly ReceivedSpan[];
  /** Those that came more than once. */
  readonly repeated: readonly ReceivedSpan[];
}

/** The spans of one trace among those received. One that came twice counts once. */
export function traceVerdict(received: readonly ReceivedSpan[], traceId: string): TraceVerdict {
  const ofTrace = received.filter((span) => span.traceId === traceId);
  const byId = new Map(ofTrace.map((span) => [span.spanId, span]));
  const spans = [...byId.values()];
  return {
    spans,
    roots: spans.filter(({ parentId }) => parentId === ''),
    orphans: spans.filter(({ parentId }) => parentId !== '' && !byId.has(parentId)),
    repeated: ofTrace.filter((span) => byId.get(span.spanId) !== span),
  };
}

function resourceOf(head: string): Readonly<Record<string, string>> {
  const pairs = attributesIn(head).flatMap((attribute) => {
    const [, name, value] = /^([^:]+): \w+\(([^]*)\)$/.exec(attribute) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

function spanOf(text: string, resource: Readonly<Record<string, string>>): ReceivedSpan {
  const after = (label: string): string => new RegExp(`^ *${label} *: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const [head = '', events = ''] = text.split(/^Events:$/m);
  return {
    traceId: after('Trace ID'), spanId: after('ID'), parentId: after('Parent ID'), name: after('Name'), kind: after('Kind'),
    startNano: after('Start time'), endNano: after('End time'), status: after('Status code'), message: after('Status message'),
    attributes: attributesIn(head),
    events: [...events.matchAll(/^ +-> Name: (.+)$/gm)].map(([, name = '']) => name),
    resource,
  };
}

function attributesIn(text: string): string[] {
  return [...text.matchAll(/^ +-> (.+)$/gm)].map(([, attribute = '']) => attribute);
}
