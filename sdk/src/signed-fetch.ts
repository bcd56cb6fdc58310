import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

/** Sends a request. */
export type Fetch = (request: Request) => Promise<Response>;

/** Signs every request with AWS Signature Version 4, for API Gateway. */
export function signedFetch(send: Fetch, region: string, credentials: AwsCredentialIdentityProvider): Fetch {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (request) => {
    const url = new URL(request.url);
    const body = await request.clone().text();
    const signed = await signer.sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...Object.fromEntries(request.headers), host: url.host },
      ...(body === '' ? {} : { body }),
    });
    // `fetch` writes the host by itself, the same that was signed.
    const { host: _host, ...headers } = signed.headers;
    return send(new Request(request.url, { method: request.method, headers, signal: request.signal, ...(body === '' ? {} : { body }) }));
  };
}
