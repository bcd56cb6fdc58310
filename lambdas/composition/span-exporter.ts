import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { endpointOf } from '../adapters/otlp/endpoint.ts';
import { HttpTransport } from '../adapters/otlp/http-transport.ts';
import { OtlpSpanExporter } from '../adapters/otlp/otlp-span-exporter.ts';
import { signedForXRay } from '../adapters/otlp/signed-headers.ts';
import { clock, deployment } from './stores.ts';

/** Any client knows the function's credentials, and how to sign. */
const { credentials, sha256 } = new EventBridgeClient({}).config;
const { region } = deployment;

/** Where spans of jobs go; `undefined` where the deployment exports none. */
export const spanExporter = deployment.telemetry.traces
  ? new OtlpSpanExporter(new HttpTransport(endpointOf(process.env, region, signedForXRay({ credentials, sha256, region }))), clock)
  : undefined;
