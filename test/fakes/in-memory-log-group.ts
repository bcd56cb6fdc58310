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
  readonly limit: number;
  readonly nextToken?: string;
}

/**
 * A log group that speaks CloudWatch's protocol to the SDK's own client. As CloudWatch does, it may answer less than
 * the limit together with a token: it never answers more than `chunk` events at once.
 */
export class InMemoryLogGroup {
  readonly #events: StoredEvent[] = [];
  readonly #chunk: number;
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const answer = this.#filter(JSON.parse(Buffer.concat(parts).toString('utf8')) as FilterRequest);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    });
  });
  calls = 0;

  constructor(chunk = 10_000) {
    this.#chunk = chunk;
  }

  async open(): Promise<CloudWatchLogsClient> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return new CloudWatchLogsClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  write(logStreamName: string, timestamp: number, message: string): void {
    this.#events.push({ logStreamName, timestamp, message, eventId: String(this.#events.length) });
    this.#events.sort((a, b) => a.timestamp - b.timestamp);
  }

  #filter({ logStreamNamePrefix, startTime, limit, nextToken = '0' }: FilterRequest) {
    this.calls += 1;
    const matching = this.#events.filter((event) => event.logStreamName.startsWith(logStreamNamePrefix) && event.timestamp >= startTime);
    const from = Number(nextToken);
    const events = matching.slice(from, from + Math.min(limit, this.#chunk));
    const end = from + events.length;
    return { events, ...(end < matching.length ? { nextToken: String(end) } : {}) };
  }
}
