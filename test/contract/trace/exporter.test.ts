import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Sha256 } from '@aws-crypto/sha256-js';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ServerResponse } from 'node:http';
import { epochMs } from '../../../core/job/ids.ts';
import { jobTrace } from '../../../core/trace/job-trace.ts';
import { toOtlp } from '../../../core/trace/otlp.ts';
import type { Span } from '../../../core/trace/span.ts';
import { tellSpan, type ToldSpan } from '../../../core/trace/told-span.ts';
import { endpointOf, type OtlpEnvironment } from '../../../lambdas/adapters/otlp/endpoint.ts';
import { HttpTransport } from '../../../lambdas/adapters/otlp/http-transport.ts';
import { OtlpSpanExporter } from '../../../lambdas/adapters/otlp/otlp-span-exporter.ts';
import { readableSpan } from '../../../lambdas/adapters/otlp/readable-span.ts';
import { signedForXRay } from '../../../lambdas/adapters/otlp/signed-headers.ts';
import { freePort } from '../../../local/ports.ts';
import { aTracedJob, failedLife, SUBMITTED_MS } from '../../builders/trace.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';
import { hasRotel, startRotel, type Collector } from './rotel.ts';
import { said } from './said.ts';

jest.setTimeout(120_000);

const job = aTracedJob({ outcome: 'FAILED', labels: { team: 'földing “x”' } });
const trace = jobTrace(job, failedLife());
const told: readonly ToldSpan[] = trace.spans.map((span) => tellSpan(trace.traceId, span, job, SUBMITTED_MS));
const signed = signedForXRay({ credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }, sha256: Sha256, region: 'eu-west-1' });
const DAY_MS = 86_400_000;
/** It is the time in which these spans closed, and goes on as time does. */
const startedMs = Date.now();
let aheadMs = 0;
const clock = { now: () => epochMs(SUBMITTED_MS + 60_000 + aheadMs + Date.now() - startedMs) };
/** Whoever is to succeed has time for it, however busy the machine; whoever is given up is so at once. */
const PATIENT_MS = 20_000;
const GIVES_UP_MS = 400;
const exporterTo = (environment: OtlpEnvironment, callMs = PATIENT_MS) =>
  new OtlpSpanExporter(new HttpTransport(endpointOf(environment, 'eu-west-1', signed)), clock, { callMs, restMs: 30_000, refusedMs: 600_000, pauseMs: 5 });

it('writes spans as `orch trace --otlp` does', () => {
  const bytes = JsonTraceSerializer.serializeRequest(told.map(readableSpan)) ?? new Uint8Array();
  const official: unknown = JSON.parse(new TextDecoder().decode(bytes), (_key, value: unknown) => value);
  // The serializer says of everything how much of it was left out, and numbers without quotation marks.
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key.startsWith('dropped') || (key === 'message' && inner === '') ? undefined : (key === 'intValue' ? Number(inner) : inner));
  expect(plain(official)).toEqual(plain(toOtlp(trace, SUBMITTED_MS)));
});

(hasRotel() ? describe : describe.skip)('an OpenTelemetry collector', () => {
  let collector: Collector;

  beforeAll(async () => { collector = await startRotel(); });
  afterAll(async () => collector?.stop());

  it('takes what leaves as it closes, and reads in it what was meant', async () => {
    const exporter = exporterTo({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const [first, rest] = [told.slice(0, 5), told.slice(5)];
    expect(await exporter.export(first)).toEqual({ taken: 5, dropped: 0 });
    expect(await exporter.export(rest)).toEqual({ taken: rest.length, dropped: 0 });
    const collected = await collector.spans(told.length);
    expect(collected.map(({ attributes: _attributes, resource: _resource, ...span }) => span)).toEqual(trace.spans.map((span: Span) => said(trace.traceId, span)));
    expect(collected.every(({ attributes }) => attributes.includes(`orchestrator.job.id: Str(${job.jobId})`))).toBe(true);
    expect(collected[0]?.attributes).toContain('orchestrator.label.team: Str(földing “x”)');
  });
});

describe('an endpoint', () => {
  let endpoint: Endpoint | undefined;
  const start = async (answer: (response: ServerResponse, number: number) => void, callMs?: number): Promise<OtlpSpanExporter> => {
    endpoint = await startEndpoint(answer);
    return exporterTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint.url}/otlp/`, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc%20d,other=1' }, callMs);
  };
  afterEach(async () => {
    await endpoint?.stop();
    endpoint = undefined;
    aheadMs = 0;
  });

  it('is asked where and as the environment says', async () => {
    const exporter = await start((response) => response.end());
    expect(await exporter.export(told)).toEqual({ taken: told.length, dropped: 0 });
    expect(endpoint?.received).toMatchObject([{ path: '/otlp/v1/traces', headers: { 'x-key': 'abc d', other: '1', 'content-type': 'application/x-protobuf' } }]);
  });

  it('that answers 500 is asked once, and then left alone for a while', async () => {
    const exporter = await start((response) => response.writeHead(500).end('broken'));
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length, why: 'HTTP 500: broken' });
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length });
    expect(endpoint?.received).toHaveLength(1);
    aheadMs = 30_000;
    expect(await exporter.export(told)).toMatchObject({ dropped: told.length, why: 'HTTP 500: broken' });
    expect(endpoint?.received).toHaveLength(2);
  });

  it.each([429, 502, 503, 504])('that answers %d is asked again', async (status) => {
    const exporter = await start((response, number) => response.writeHead(number < 2 ? status : 200, number === 0 ? { 'retry-after': '0' } : {}).end());
    expect(await exporter.export(told)).toEqual({ taken: told.length, dropped: 0 });
    expect(endpoint?.received).toHaveLength(3);
  });

  it('that wants to be asked again at once is not asked all the time', async () => {
    const exporter = await start((response) => response.writeHead(503, { 'retry-after': '0' }).end(), GIVES_UP_MS);
    expect(await exporter.export(told)).toMatchObject({ taken: 0, why: 'HTTP 503: ' });
    expect(endpoint?.received.length).toBeLessThan(10);
  });

  it('that wants to be asked later than anybody waits is not', async () => {
    const exporter = await start((response) => response.writeHead(503, { 'retry-after': '60' }).end('later'));
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length, why: 'HTTP 503: later' });
    expect(endpoint?.received).toHaveLength(1);
  });

  it.each([
    ['hangs', () => undefined],
    ['hangs in the middle of its answer', (response: ServerResponse) => void response.writeHead(200).write('x')],
    ['hangs up', (response: ServerResponse) => response.destroy()],
  ])('that %s is given up in time', async (_what, answer) => {
    const exporter = await start(answer, GIVES_UP_MS);
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length, why: expect.any(String) });
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length });
  });

  it('that is down is given up in time', async () => {
    const exporter = exporterTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` }, GIVES_UP_MS);
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length, why: expect.stringContaining('ECONNREFUSED') });
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length });
  });

  it('that refuses what it is sent is well: the next request is tried', async () => {
    const exporter = await start((response, number) => response.writeHead(number === 0 ? 400 : 200).end('no span'));
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length, why: 'HTTP 400: no span' });
    expect(await exporter.export(told)).toEqual({ taken: told.length, dropped: 0 });
  });

  it('that refuses everything, as CloudWatch without Transaction Search does, is left alone for longer, and asked once after that', async () => {
    const exporter = await start((response) => response.writeHead(400).end('not for XRay'));
    for (let i = 0; i < 4; i += 1) await exporter.export(told);
    expect(endpoint?.received).toHaveLength(2);
    aheadMs = 599_000;
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length });
    aheadMs = 610_000;
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length, why: 'HTTP 400: not for XRay' });
    expect(await exporter.export(told)).toEqual({ taken: 0, dropped: told.length });
    expect(endpoint?.received).toHaveLength(3);
  });

  it('that is slow with many requests is well: it gets several at once, and what does not come in time is dropped', async () => {
    const exporter = await start((response, number) => void (number < 4 ? response.end() : undefined), 1_500);
    const long = Array.from({ length: 12 }, (_, i) => ({ ...told[0]!, startMs: clock.now() - 2 * DAY_MS, endMs: clock.now() - i }));
    expect(await exporter.export(long)).toEqual({ taken: 4, dropped: 8, why: expect.any(String) });
    expect(await exporter.export(long)).toMatchObject({ why: expect.any(String) });
  });

  it('that takes only a part says how much it left', async () => {
    // partial_success { rejected_spans: 3, error_message: "too big" }
    const exporter = await start((response) => response.writeHead(200).end(Buffer.from('0a0b08031207746f6f20626967', 'hex')));
    expect(await exporter.export(told)).toEqual({ taken: told.length - 3, dropped: 3, why: 'too big' });
  });

  it('that answers what nobody understands has taken everything', async () => {
    const exporter = await start((response) => response.writeHead(200).end('<html>'));
    expect(await exporter.export(told)).toMatchObject({ taken: told.length });
  });

  it('gets no request that CloudWatch would refuse', async () => {
    const exporter = await start((response) => response.end());
    const at = (agoMs: number, tookMs: number): ToldSpan => ({ ...told[0]!, startMs: clock.now() - agoMs - tookMs, endMs: clock.now() - agoMs });
    const spans = [at(0, 10), at(15 * DAY_MS, 10), at(0, 2 * DAY_MS), at(10 * DAY_MS, 10), at(10, 10)];
    expect(await exporter.export(spans)).toEqual({ taken: 4, dropped: 1, why: 'They ended more than 14 days ago.' });
    expect(endpoint?.received).toHaveLength(3);
  });

  it('is that of CloudWatch where the environment names none, and gets signed requests', async () => {
    const { url, headers } = endpointOf({}, 'eu-west-1', signed);
    expect(url).toBe('https://xray.eu-west-1.amazonaws.com/v1/traces');
    const [one, other] = [await headers(Buffer.from('one')), await headers(Buffer.from('other'))];
    expect(one).toMatchObject({
      'content-type': 'application/x-protobuf', 'x-amz-security-token': 'token',
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/xray\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=/),
    });
    expect(endpointOf({}, 'cn-north-1', signed).url).toBe('https://xray.cn-north-1.amazonaws.com.cn/v1/traces');
    expect(one).not.toHaveProperty('host');
    expect(one['x-amz-content-sha256']).not.toBe(other['x-amz-content-sha256']);
  });
});
