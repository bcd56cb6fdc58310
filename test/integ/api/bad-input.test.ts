import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { Problem } from '../../../sdk/src/index.ts';
import { badManifests, good, namespace } from './bad-manifests.ts';
import { deployedApi, type Answer, type DeployedApi } from './deployed-api.ts';
import type { RawRequest } from './raw-request.ts';

jest.setTimeout(240_000);

const jobs = `/v1/namespaces/${namespace}/jobs`;
const submit = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): RawRequest => ({ method: 'POST', path: jobs, body, headers });

let api: DeployedApi;
let before: readonly string[];

/** Keys of all that users' requests may leave behind. */
async function stored(): Promise<readonly string[]> {
  const items = await api.cloud.account.items();
  return items.filter(({ pk }) => /^(JOB|QUEUE|MANIFEST|MANIFESTS|IDEMPOTENCY)#/.test(pk)).map(({ pk, sk }) => `${pk} ${sk}`).toSorted();
}

beforeAll(async () => {
  api = await deployedApi();
});

beforeEach(async () => {
  before = await stored();
});

afterEach(async () => {
  expect(await stored()).toEqual(before);
});

/** Sends it; the answer is held to the contract, and has to say that it is the caller's mistake. */
async function refused(request: RawRequest): Promise<Answer<Problem>> {
  const answer = await api.call<Problem>(request);
  if (answer.status < 400 || answer.status > 499) throw new Error(`${answer.status} for ${request.method} ${request.path}: ${answer.text.slice(0, 500)}`);
  return answer;
}

describe('a manifest that is not acceptable', () => {
  it('is made of one that is', async () => {
    expect(await api.call({ method: 'POST', path: '/v1/validate', body: good })).toMatchObject({ status: 200 });
  });

  it.each(badManifests.map((bad) => [bad.what, bad] as const))('is refused with its places: %s', async (_, { text, status, paths }) => {
    const answer = await refused(submit(text, { 'content-type': 'application/yaml' }));
    const told = answer.body.errors ?? [];
    expect({ status: answer.status, paths: told.map(({ path }) => path) }).toEqual({ status, paths: expect.arrayContaining([...paths]) });
    expect(told.every(({ line = 0, column = 0 }) => line >= 1 && column >= 1)).toBe(true);
  });

  it('tells everything that is wrong at once', async () => {
    const text = good.replace('count: 1', 'count: 0').replace('ttlSeconds: 600', 'ttlSeconds: never').replace('kind: ClusterDefinition', 'kind: Pod');
    const { body } = await refused(submit(text));
    expect(body.errors?.map(({ path }) => path).toSorted()).toEqual(['kind', 'spec.nodePools[0].count', 'spec.ttlSeconds']);
  });

  it('is refused by every door alike', async () => {
    const text = good.replace('count: 1', 'count: -1');
    const doors: RawRequest[] = [
      { method: 'POST', path: '/v1/validate', body: text },
      { method: 'PUT', path: `/v1/namespaces/${namespace}/manifests/cluster`, body: text },
      submit(JSON.stringify({ manifest: text, script: 'echo' }), { 'content-type': 'application/json' }),
      { ...submit(text), query: 'dryRun=true' },
    ];
    for (const door of doors) {
      const { status, body } = await refused(door);
      expect([door.path, status, body.errors?.map(({ path }) => path)]).toEqual([door.path, 422, ['spec.nodePools[0].count']]);
    }
  });
});

describe('what is sent beside a manifest', () => {
  it.each([
    ['neither manifest nor name', {}],
    ['both', { manifest: good, manifestRef: { name: 'cluster' } }],
    ['a name with a way out', { manifestRef: { name: '../cluster' } }],
    ['a version before the first', { manifestRef: { name: 'cluster', version: 0 } }],
    ['an empty script', { manifest: good, script: '' }],
    ['a script of another type', { manifest: good, script: { run: 'echo' } }],
    ['a priority beyond the highest', { manifest: good, priority: 1001 }],
    ['a class of priority nobody knows', { manifest: good, priority: 'asap' }],
    ['something nobody knows', { manifest: good, urgent: true }],
  ])('is refused: %s', async (_, envelope) => {
    const { status, body } = await refused(submit(JSON.stringify(envelope), { 'content-type': 'application/json' }));
    expect([400, 422]).toContain(status);
    expect(body.errors?.length).toBeGreaterThan(0);
  });

  it.each(['', 'two words', 'x'.repeat(129)])('is refused: the idempotency key %j', async (key) => {
    const { status } = await refused(submit(good, { 'idempotency-key': key }));
    expect(status).toBe(400);
  });
});

describe('a request that fits no route, or fits badly', () => {
  const get = (path: string, query?: string): RawRequest => ({ method: 'GET', path, ...(query === undefined ? {} : { query }) });
  const list = (query: string) => get(jobs, query);

  it.each<readonly [string, RawRequest]>([
    ['no path', get('/')],
    ['a path of no route', get('/v1/secrets')],
    ['a version that is not served', get(`/v2/namespaces/${namespace}/jobs`)],
    ['a method of no route', { method: 'DELETE', path: jobs }],
    ['a method of another protocol', { method: 'PROPFIND', path: jobs }],
    ['OPTIONS', { method: 'OPTIONS', path: jobs }],
    ['HEAD', { method: 'HEAD', path: jobs }],
    ['a path that climbs', get(`/v1/namespaces/${namespace}/../../openapi.json`)],
    ['a zero byte', get('/v1/namespaces/a%00b/jobs')],
    ['bytes that are no text', get('/v1/namespaces/%ff%fe/jobs')],
    ['a percent sign alone', get('/v1/namespaces/%zz/jobs')],
    ['another alphabet', get(`/v1/namespaces/${encodeURIComponent('名前空間')}/jobs`)],
    ['capitals', get('/v1/namespaces/Bad-Input/jobs')],
    ['a command in a name', get(`/v1/namespaces/${encodeURIComponent('$(reboot)')}/jobs`)],
    ['a name of 4,000 letters', get(`/v1/namespaces/${'a'.repeat(4000)}/jobs`)],
    ['an id that is none', get(`${jobs}/1`)],
    ['an id of nobody', get(`${jobs}/01hjob0000000000000000000a`)],
    ['a version that is no number', get(`/v1/namespaces/${namespace}/manifests/cluster/versions/latest`)],
    ['a version beyond all', get(`/v1/namespaces/${namespace}/manifests/cluster/versions/99999999999999999999`)],
    ['a parameter nobody knows', list('stat=DONE')],
    ['a state nobody knows', list('state=LOST')],
    ['a page of none', list('limit=0')],
    ['a page below none', list('limit=-1')],
    ['a page in words', list('limit=ten')],
    ['a page too long', list('limit=101')],
    ['a cursor of somebody', list('cursor=%00')],
    ['a label without a value', list('label=color')],
    ['a time that is none', get(`${jobs}/01hjob0000000000000000000a/logs`, 'since=yesterday')],
    ['a parameter called __proto__', list('__proto__=x')],
    ['a dry run of maybe', { ...submit(good), query: 'dryRun=maybe' }],
    ['a compressed body', submit(good, { 'content-encoding': 'gzip' })],
    ['a body in UTF-16', submit(Buffer.from(good, 'utf16le'))],
    ['a body that is no text', submit(Uint8Array.of(0xff, 0xfe, 0x80, 0x81), { 'content-type': 'application/octet-stream' })],
    ['a form', submit('-' .repeat(20) + '\r\nContent-Disposition: form-data; name="x"', { 'content-type': 'multipart/form-data; boundary=x' })],
    ['a priority without a body', { method: 'PATCH', path: `${jobs}/01hjob0000000000000000000a` }],
    ['11 MiB', submit('x'.repeat(11 * 1024 * 1024))],
  ])('is refused: %s', async (_, request) => {
    await refused(request);
  });
});

describe('whatever is sent', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  const text = fc.string({ unit: 'binary', maxLength: 100 });
  const broken = fc.tuple(fc.nat(good.length), fc.integer({ min: 1, max: 12 }), text).map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
  const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((value) => value.isWellFormed()).map((value) => encodeURIComponent(value));
  const request: fc.Arbitrary<RawRequest> = fc.oneof(
    fc.record({ body: bytes, type: fc.constantFrom('application/json', 'application/yaml', 'text/plain', ';') })
      .map(({ body, type }) => submit(body, { 'content-type': type })),
    broken.map((body) => ({ method: 'POST', path: '/v1/validate', body: Buffer.from(body) })),
    fc.json().map((body) => submit(body, { 'content-type': 'application/json' })),
    fc.array(segment, { maxLength: 4 }).map((parts) => ({ method: 'GET', path: `/v1/namespaces/${parts.join('/')}` })),
    fc.tuple(fc.constantFrom('limit', 'cursor', 'state', 'label', 'user'), segment).map(([name, value]) => ({ method: 'GET', path: jobs, query: `${name}=${value}` })),
  );

  it('is answered as the contract says, and never with a 5xx', async () => {
    await fc.assert(fc.asyncProperty(request, async (sent) => {
      const { status, text: said } = await api.call(sent);
      if (status >= 500) throw new Error(`${status}: ${said}`);
    }), { numRuns: 100 });
  });
});
