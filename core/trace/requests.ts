/** What it takes to put spans into requests. */
interface Timed {
  readonly startMs: number;
  readonly endMs: number;
}

const DAY_MS = 86_400_000;
/** CloudWatch refuses a request with a span that is older, or whose spans lie further apart, or that is larger than 5 MB. */
const limits = { oldestMs: 14 * DAY_MS, apartMs: DAY_MS, spans: 400, bytes: 4_500_000 } as const;

/** Spans in requests that are taken, and how many no request can hold any more. */
export interface Requests<Sent> {
  readonly requests: readonly (readonly Sent[])[];
  readonly tooOld: number;
}

interface Filling<Sent> {
  readonly spans: Sent[];
  fromMs: number;
  toMs: number;
  bytes: number;
}

/**
 * Puts spans into requests as CloudWatch takes them: no more than a day between the earliest begin and the latest end of
 * a request, and none that ended more than 14 days ago. A span that is longer than a day goes alone, and whether one is
 * taken that began more than 14 days ago is for the endpoint to say. Each goes into the first that has room for it, in order.
 *
 * @param bytesOf how large a span is in a request, at most
 */
export function requestsOf<Sent extends Timed>(spans: readonly Sent[], nowMs: number, bytesOf: (span: Sent) => number): Requests<Sent> {
  const young = spans.filter(({ endMs }) => nowMs - endMs <= limits.oldestMs);
  const all: Filling<Sent>[] = [];
  for (const span of young) {
    const { startMs, endMs } = span;
    const bytes = bytesOf(span);
    const request = all.find((one) => one.spans.length < limits.spans && one.bytes + bytes <= limits.bytes && Math.max(one.toMs, endMs) - Math.min(one.fromMs, startMs) <= limits.apartMs);
    if (request === undefined) all.push({ spans: [span], fromMs: startMs, toMs: endMs, bytes });
    else {
      request.spans.push(span);
      request.fromMs = Math.min(request.fromMs, startMs);
      request.toMs = Math.max(request.toMs, endMs);
      request.bytes += bytes;
    }
  }
  return { requests: all.map((one) => one.spans), tooOld: spans.length - young.length };
}
