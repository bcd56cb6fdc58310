import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import { awsHost } from '../../../core/deployment/aws-host.ts';
import type { SignedHeaders } from './signed-headers.ts';

/** Where a request goes, and with which headers. */
export interface Endpoint {
  readonly url: string;
  headers(body: Uint8Array): Promise<Readonly<Record<string, string>>>;
}

/** The variables that all parts of OpenTelemetry are told their endpoint by. */
export interface OtlpEnvironment {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' } as const;

/**
 * The endpoint that the environment names, else that of CloudWatch in the region, with signed requests.
 *
 * @throws TypeError where what the environment names is no URL
 */
export function endpointOf(environment: OtlpEnvironment, region: string, signed: SignedHeaders): Endpoint {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base = '', OTEL_EXPORTER_OTLP_HEADERS: headers = '' } = environment;
  if (base === '') {
    const url = `https://${awsHost('xray', region)}/v1/traces`;
    return { url, headers: (body) => signed(url, PROTOBUF, body) };
  }
  const all = { ...parseKeyPairsIntoRecord(headers), ...PROTOBUF };
  return { url: new URL('v1/traces', base.endsWith('/') ? base : `${base}/`).href, headers: () => Promise.resolve(all) };
}
