import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StepDispatch } from '../../../core/ports/node-commands.ts';
import type { StepPayloads } from '../../../core/ports/step-payloads.ts';
import { stepPayload } from '../../../core/runtimes/step-payload.ts';
import { readNodeFile } from '../../builders/nodes.ts';

/** Serves steps by URL, as S3 does, and takes log lines, as the rest of the cloud does. */
export class ServedPayloads implements StepPayloads {
  /** What was sent to CloudWatch Logs. */
  readonly logged: string[] = [];
  readonly #region: string;
  readonly #steps = new Map<string, string>();
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  constructor(region: string) {
    this.#region = region;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async publish(dispatch: StepDispatch): Promise<string> {
    const payload = stepPayload(dispatch, { logGroup: '/jobs', region: this.#region, logBytesPerAttempt: 2 ** 30 }, readNodeFile);
    const path = `/${payload.unit}?X-Amz-Signature=0`;
    this.#steps.set(path, JSON.stringify(payload));
    return this.url + path;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.method === 'POST') this.logged.push(body);
    const answer = request.method === 'POST' ? '{}' : this.#steps.get(request.url ?? '');
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  }
}
