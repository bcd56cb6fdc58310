import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { routes } from '../../core/api/routes.ts';
import type { anApi } from './api.ts';
import { apiEvent, lambdaContext } from './lambda-events.ts';

/** Who may call; anybody else's signature does not fit. */
export const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };

/** A request as it arrived. */
interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the server does with a request instead of serving it. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An API behind a real socket, as API Gateway serves it: signatures verified, requests routed by the table of routes. */
export interface ServedApi {
  readonly url: string;
  readonly arrived: Arrived[];
  /** What the next requests get, first things first; `cut` closes the connection without an answer. */
  readonly script: (Refusal | 'cut')[];
  close(): Promise<void>;
}

/** Serves an API on 127.0.0.1 under the stage `prod`. */
export async function serveApi(api: Pick<ReturnType<typeof anApi>, 'handlers'>): Promise<ServedApi> {
  const arrived: Arrived[] = [];
  const script: (Refusal | 'cut')[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen = await read(request);
    arrived.push(seen);
    const scripted = script.shift();
    if (scripted === 'cut') return void request.socket.destroy();
    const { status, headers = {}, body = '' } = scripted ?? (await serve(api, seen));
    response.writeHead(status, { ...headers }).end(body);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}/prod/`, arrived, script, close };
}

async function read(request: IncomingMessage): Promise<Arrived> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return { method: request.method ?? '', path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body: (await buffer(request)).toString('utf8') };
}

async function serve({ handlers }: Pick<ReturnType<typeof anApi>, 'handlers'>, request: Arrived): Promise<Refusal> {
  if (!(await isSigned(request))) return gatewayRefusal('InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.');
  for (const { method, path, operationId } of routes) {
    const parameters = new RegExp(`^/prod${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(request.path);
    if (method !== request.method || parameters === null) continue;
    const event = apiEvent({
      httpMethod: method, path: request.path, pathParameters: { ...parameters.groups }, queryStringParameters: { ...request.query },
      headers: { ...request.headers }, body: request.body,
    });
    const { statusCode, headers, body } = await handlers[operationId](event, lambdaContext());
    const asText = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
    return { status: statusCode, headers: Object.fromEntries(asText), body };
  }
  return gatewayRefusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

/** What API Gateway answers by itself where a deployment has not given it words. */
export function gatewayRefusal(code: string, message: string): Refusal {
  return { status: 403, headers: { 'content-type': 'application/json', 'x-amzn-errortype': code }, body: JSON.stringify({ message }) };
}

/** Signs what arrived anew, and compares. */
async function isSigned({ method, path, query, headers, body }: Arrived): Promise<boolean> {
  const { authorization = '', 'x-amz-date': date = '' } = headers;
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(authorization)?.[1] ?? '';
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const signedHeaders = Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
  const signingDate = new Date(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const request = { method, protocol: 'http:', hostname: '127.0.0.1', path, query: { ...query }, headers: signedHeaders, ...(body === '' ? {} : { body }) };
  const expected = await signer.sign(request, { signingDate });
  return names.includes('host') && expected.headers['authorization'] === authorization;
}
