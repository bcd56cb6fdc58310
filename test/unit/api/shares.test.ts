import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { admit } from '../../../core/lifecycle/admit.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

let api: ReturnType<typeof anApi>;

beforeAll(silenceLogs);
beforeEach(() => { api = anApi(); });

const put = (document: object | string, query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  api.call('putShares', { body: typeof document === 'string' ? document : JSON.stringify(document), queryStringParameters: query, headers });

describe('GET and PUT /v1/shares', () => {
  it('shows what a deployment has before anybody applied shares: a document that may be applied', async () => {
    const { status, body, headers } = await api.call('getShares');
    expect([status, headers['etag']]).toEqual([200, '"0"']);
    expect(body).toEqual({ version: 0, document: expect.objectContaining({ halfLifeHours: 168, maxLaunchesInFlight: 25, shares: [] }) });
    expect(await put(body.document)).toMatchObject({ status: 200, body: { version: 0, changes: [] } });
    expect((await api.call('getShares', { queryStringParameters: { version: '0' } })).body).toEqual(body);
  });

  it('applies YAML and JSON, keeps every version as it was written, and records who and why', async () => {
    const yaml = 'limits: { nodes: 50 } # all we have\n';
    const first = await put(yaml, { comment: 'a first try' }, { 'content-type': 'application/yaml' });
    expect(first).toMatchObject({ status: 201, body: { dryRun: false, version: 1, changes: [{ change: 'changed', place: { kind: 'deployment' }, settings: [{ setting: 'limits.nodes', after: 50 }] }] } });
    api.clock.advance(1);
    expect((await put({ limits: { nodes: 60 } })).body).toMatchObject({ version: 2 });
    expect((await api.call('getShares')).body).toMatchObject({ version: 2, appliedBy: 'alice', document: { limits: { nodes: 60 } } });
    const old = await api.call('getShares', { queryStringParameters: { version: '1' } });
    expect([old.body.comment, old.body.document]).toEqual(['a first try', { limits: { nodes: 50 } }]);
    expect((await api.call('listAudit')).body.items).toEqual([
      expect.objectContaining({ action: 'SharesApplied', by: 'alice', target: 'shares/2', reason: '' }),
      expect.objectContaining({ action: 'SharesApplied', by: 'alice', target: 'shares/1', reason: 'a first try' }),
    ]);
  });

  it('shows in a dry run what would change, and applies nothing', async () => {
    expect(await put({ limits: { nodes: 50 } }, { dryRun: 'true' })).toMatchObject({ status: 200, body: { dryRun: true, version: 0, changes: [{ change: 'changed' }] } });
    expect((await api.call('getShares')).body.version).toBe(0);
    expect((await api.call('listAudit')).body.items).toEqual([]);
  });

  it('keeps the version where nothing changes, whatever the caller has seen: it may be a repeated request', async () => {
    await put({ limits: { nodes: 50 } });
    expect(await put({ limits: { nodes: 50 } }, {}, { 'if-match': '"0"' })).toMatchObject({ status: 200, body: { version: 1, changes: [] } });
  });

  it('refuses whoever has not seen the version in force', async () => {
    await put({ limits: { nodes: 50 } });
    const refused = await put({ limits: { nodes: 60 } }, {}, { 'If-Match': '0' });
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:orchestrator:problem:version-conflict', detail: expect.stringContaining('Version 1 of the shares is in force, applied by alice, not 0') } });
    expect((await put({ limits: { nodes: 60 } }, {}, { 'If-Match': '"1"' })).status).toBe(201);
  });

  it.each([
    ['unknown keys', 'shares: [{ name: physics, wieght: 2 }]', 'shares[0].wieght', 'weight'],
    ['cycles', 'shares: [{ name: a, parent: b }, { name: b, parent: a }]', 'shares[0].parent', undefined],
    ['names twice', 'shares: [{ name: physics }, { name: physics }]', 'shares[1].name', undefined],
    ['weights of zero', 'shares: [{ name: physics, weight: 0 }]', 'shares[0].weight', undefined],
    ['huge weights', 'shares: [{ name: physics, weight: 1e12 }]', 'shares[0].weight', undefined],
    ['limits under guarantees', 'shares: [{ name: physics, limits: { nodes: 1 }, guarantee: { nodes: 2 } }]', 'shares[0].guarantee.nodes', undefined],
  ])('refuses %s with a problem document that names the place, and applies nothing', async (_what, text, path, suggestion) => {
    const { status, body } = await put(text);
    expect([status, body.type, body.title]).toEqual([422, 'urn:orchestrator:problem:invalid-shares', 'The shares are not acceptable']);
    expect(body.errors).toEqual([expect.objectContaining({ path, line: 1, column: expect.any(Number), ...(suggestion === undefined ? {} : { suggestion }) })]);
    expect((await api.call('getShares')).body.version).toBe(0);
  });

  it('refuses limits below what runs now, in a dry run too, until it has ended', async () => {
    const { body: { jobId } } = await api.call('submitJob', { body: aManifestText() });
    const lease = await api.scheduler.takeLease('test', api.clock.now(), 60_000);
    const job = await api.get(jobId);
    const base = { landmarkMs: api.clock.now(), halfLifeMs: 3_600_000 };
    if (lease === undefined) throw new Error('the lease is taken');
    await api.scheduler.grant(lease, [admit(job, {}, api.clock.now())], [], base);
    const { nodes } = job.demand;
    for (const query of [{}, { dryRun: 'true' }]) {
      expect(await put({ shares: [{ name: 'research', kind: 'namespace', limits: { nodes: nodes - 1 } }] }, query as Record<string, string>)).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'shares[0].limits.nodes', message: `namespace research holds ${nodes} nodes now, more than the limit of ${nodes - 1} nodes` }] },
      });
    }
    expect((await put({ shares: [{ name: 'research', kind: 'namespace', limits: { nodes } }] })).status).toBe(201);
  });

  it('warns of namespaces that the deployment does not serve', async () => {
    const { status, body } = await put({ shares: [{ name: 'reserch', kind: 'namespace' }, { name: 'vision', kind: 'namespace' }] });
    expect(status).toBe(201);
    expect(body.warnings).toEqual([{ code: 'not-offered', path: 'shares[0].name', message: 'this deployment serves no namespace reserch', value: 'reserch', suggestion: 'research', line: 1, column: 20 }]);
  });

  it('answers what cannot be read, or is not there', async () => {
    expect(await put('shares: [')).toMatchObject({ status: 400 });
    expect(await put('')).toMatchObject({ status: 400 });
    expect(await put(`# ${'x'.repeat(260 * 1024)}`)).toMatchObject({ status: 413 });
    expect(await put('{}', { dryrun: 'true' })).toMatchObject({ status: 400 });
    expect(await put('{}', {}, { 'if-match': 'W/"x"' })).toMatchObject({ status: 400 });
    expect(await api.call('getShares', { queryStringParameters: { version: '7' } })).toMatchObject({ status: 404, body: { type: 'urn:orchestrator:problem:shares-not-found' } });
    expect(await api.call('getShares', { queryStringParameters: { version: '-1' } })).toMatchObject({ status: 400 });
  });
});
