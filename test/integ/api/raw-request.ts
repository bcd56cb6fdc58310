import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { region, type Credentials } from '../../../local/environment-file.ts';

/** A request as it goes over the wire: path, query and body are sent as they stand, whatever they hold. */
export interface RawRequest {
  readonly method: string;
  /** Under the API's root, with a slash at its beginning, percent-encoded by whoever wants that. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** When it says that it was signed; now, where nothing is said. */
  readonly signedAt?: Date;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends a request to the API at `apiUrl`, signed by these credentials; without a signature where there are none. */
export async function sendRaw(apiUrl: string, request: RawRequest, credentials: Credentials | undefined): Promise<RawAnswer> {
  const { method, query, body = '', signedAt = new Date() } = request;
  const root = new URL(apiUrl);
  const path = `${root.pathname.replace(/\/$/, '')}${request.path}`;
  const bytes = Buffer.from(body);
  const plain = {
    ...lowerCased(request.headers ?? {}), host: root.host, ...(bytes.length > 0 ? { 'content-length': String(bytes.length) } : {}),
  };
  const headers = credentials === undefined ? plain : await sign({ method, path, query, headers: plain, bytes, signedAt }, credentials);
  const sent = httpRequest({
    host: root.hostname, port: root.port, method, path: query === undefined ? path : `${path}?${query}`, headers,
  });
  sent.end(bytes);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const received = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(received), text: await textOf(answer) };
}

interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly signedAt: Date;
}

async function sign({ method, path, query, headers, bytes, signedAt }: Unsigned, credentials: Credentials): Promise<Record<string, string>> {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method, path, headers: { ...headers }, query: parameters(query), protocol: 'http:', hostname: '127.0.0.1', body: bytes,
  }, { signingDate: signedAt });
  return signed.headers;
}

/** Repeated parameters with all their values; the map has no prototype, for those who call a parameter `__proto__`. */
function parameters(query: string | undefined): Record<string, string[]> {
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) values[name] = [...(values[name] ?? []), value];
  return values;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
