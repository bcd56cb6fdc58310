import { SignatureV4, type SignatureV4CryptoInit, type SignatureV4Init } from '@smithy/signature-v4';

/** Headers of a POST with those of its signature. */
export type SignedHeaders = (url: string, headers: Readonly<Record<string, string>>, body: Uint8Array) => Promise<Readonly<Record<string, string>>>;

/**
 * Signs requests to X-Ray, whose endpoint for OTLP no client of the SDK calls. Needs `xray:PutSpans` and
 * `xray:PutSpansForIndexing`.
 */
export function signedForXRay(parts: Pick<SignatureV4Init, 'credentials' | 'region'> & SignatureV4CryptoInit): SignedHeaders {
  const signer = new SignatureV4({ ...parts, service: 'xray' });
  return async (url, headers, body) => {
    const { protocol, hostname, pathname } = new URL(url);
    const signed = await signer.sign({ method: 'POST', protocol, hostname, path: pathname, headers: { ...headers, host: hostname }, body });
    // The host is in the signature, and is nothing that one sets.
    return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host'));
  };
}
