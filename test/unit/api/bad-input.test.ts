import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { routes } from '../../../core/api/routes.ts';
import { anApi } from '../../builders/api.ts';
import { apiEvent, lambdaContext } from '../../builders/lambda-events.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => ({ body: Buffer.from(array).toString('base64'), isBase64Encoded: true }));
const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const manifest = aManifestText();
/** Broken in one place, which gets further than noise. */
const almost = fc.tuple(fc.nat(manifest.length), fc.nat(12), anyText).map(([at, cut, put]) => manifest.slice(0, at) + put + manifest.slice(at + cut));
const envelope = fc.record({ manifest: fc.oneof(fc.jsonValue(), almost), script: fc.jsonValue(), priority: fc.jsonValue() }, { requiredKeys: [] });
const text = fc.oneof(anyText, fc.json(), almost, envelope.map((value) => JSON.stringify(value))).map((body) => ({ body, isBase64Encoded: false }));
const mediaType = fc.constantFrom('application/json', 'application/yaml', 'text/plain', 'multipart/form-data; boundary=x', '', ';;;');
const parameters = fc.dictionary(fc.oneof(fc.constantFrom('limit', 'cursor', 'dryRun', 'state', 'since', 'label', '__proto__', 'constructor'), anyText), anyText, { maxKeys: 3 });
const fitting = { namespace: 'research', jobId: '01hjob0000000000000000000a', name: 'cluster', version: '1' };

const request = fc.record({
  content: fc.oneof(bytes, text),
  type: mediaType,
  key: fc.option(anyText, { nil: undefined }),
  query: fc.option(parameters, { nil: null }),
  path: fc.oneof(fc.constant(fitting), fc.record({ namespace: anyText, jobId: anyText, name: anyText, version: anyText })),
});

describe('whatever the request holds', () => {
  beforeAll(silenceLogs);

  it.each(routes.map((route) => [route.operationId, route] as const))('%s answers, and never with a 5xx', async (operationId, route) => {
    const api = anApi();
    await fc.assert(
      fc.asyncProperty(request, async ({ content, type, key, query, path }) => {
        const headers = { 'content-type': type, ...(key === undefined ? {} : { 'idempotency-key': key }) };
        const wanted = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as keyof typeof fitting);
        const pathParameters = Object.fromEntries(wanted.map((name) => [name, path[name]]));
        const event = apiEvent({ httpMethod: route.method, pathParameters, queryStringParameters: query, headers, ...content });
        const answer = await api.handlers[operationId](event, lambdaContext());
        expect(answer.statusCode).toBeLessThan(500);
        const body = JSON.parse(answer.body);
        if (answer.statusCode < 400) return;
        expect(answer.headers?.['content-type']).toBe('application/problem+json');
        expect(body).toMatchObject({ type: expect.stringMatching(/^urn:orchestrator:problem:[a-z-]+$/), status: answer.statusCode, requestId: 'request-1' });
      }),
      { numRuns: 60 },
    );
  });

  it.each(['submitJob', 'putManifest', 'validateManifest'] as const)('%s stores nothing of what it refuses', async (operationId) => {
    const api = anApi();
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, text), async (content) => {
        const before = [api.table.jobs.size, api.table.manifests.size, api.table.queue.size, api.table.events.size];
        const answer = await api.handlers[operationId](apiEvent({ httpMethod: 'POST', pathParameters: fitting, ...content }), lambdaContext());
        if (answer.statusCode < 400) return;
        expect([api.table.jobs.size, api.table.manifests.size, api.table.queue.size, api.table.events.size]).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['an event without anything', {}],
    ['nulls everywhere', { headers: null, body: null, pathParameters: null, queryStringParameters: null, requestContext: null }],
  ])('%s is refused', async (_, event) => {
    const { handlers } = anApi();
    for (const { operationId } of routes) {
      const answer = await handlers[operationId](event as never, lambdaContext());
      expect(answer.statusCode).toBe(403);
    }
  });
});
