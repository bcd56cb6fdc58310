import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

interface StoredEvent {
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
  readonly eventId: string;
}

interface FilterRequest {
  readonly logStreamNamePrefix: string;
  readonly startTime: number;
  readonly endTime?: number;
  readonly limit: number;
  readonly nextToken?: string;
}

/** How a log group may behave at times. */
type Fault = 'throttled' | 'silent';

/**
 * A log group that speaks CloudWatch's protocol to the SDK's own client. As CloudWatch does, it may answer less than the
 * limit together with a token, or nothing but a token: it never answers more than `chunk` events at once, and looks at no
 * more than `scan`, those of other streams included. Tokens are of one search, and are forgotten when a test says so.
 */
export class InMemoryLogGroup {
  readonly #events: StoredEvent[] = [];
  readonly #chunk: number;
  readonly #scan: number;
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.calls += 1;
      const fault = this.faultAt(this.calls);
      if (fault === 'silent') return;
      const answer = fault === 'throttled' ? refusal('ThrottlingException', 'Rate exceeded') : this.#filter(JSON.parse(Buffer.concat(parts).toString('utf8')) as FilterRequest);
      response.writeHead('__type' in answer ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    });
  });
  #tokens = 'a';
  calls = 0;
  /** What goes wrong with the call of this number, from 1. */
  faultAt: (call: number) => Fault | undefined = () => undefined;

  constructor(chunk = 10_000, scan = Number.POSITIVE_INFINITY) {
    this.#chunk = chunk;
    this.#scan = scan;
  }

  async open(): Promise<CloudWatchLogsClient> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return new CloudWatchLogsClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  write(logStreamName: string, timestamp: number, message: string): void {
    this.#events.push({ logStreamName, timestamp, message, eventId: String(this.#events.length) });
    this.#events.sort((a, b) => a.timestamp - b.timestamp);
  }

  forgetTokens(): void {
    this.#tokens += 'a';
  }

  #filter({ logStreamNamePrefix, startTime, endTime = Number.POSITIVE_INFINITY, limit, nextToken }: FilterRequest) {
    const search = `${this.#tokens}/${startTime}/`;
    if (nextToken !== undefined && !nextToken.startsWith(search)) return refusal('InvalidParameterException', 'The specified nextToken is invalid.');
    const inTime = this.#events.filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime);
    const from = Number(nextToken?.slice(search.length) ?? 0);
    const events: StoredEvent[] = [];
    let at = from;
    for (; at < inTime.length && at < from + this.#scan && events.length < Math.min(limit, this.#chunk); at += 1) {
      events.push(...inTime.slice(at, at + 1).filter((event) => event.logStreamName.startsWith(logStreamNamePrefix)));
    }
    return { events, ...(at < inTime.length ? { nextToken: `${search}${at}` } : {}) };
  }
}

const refusal = (name: string, message: string) => ({ __type: name, message });
