import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { asWritten } from '../../../core/api/manifest-view.ts';
import { canonicalJson } from '../../../core/manifest/canonical.ts';
import { parseManifest, parseManifestValue } from '../../../core/manifest/parse.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

const put = { params: { name: 'cluster' }, body: aManifestText() };
const changed = { params: { name: 'cluster' }, body: aManifestText({ spec: '  priority: 900\n' }) };

describe('putManifest', () => {
  beforeAll(silenceLogs);

  it('makes a version of what is new, and finds the version of what is not', async () => {
    const api = anApi();
    const first = await api.call('putManifest', put);
    const second = await api.call('putManifest', changed);
    const again = await api.call('putManifest', { ...put, body: `# a comment\n${put.body}` });
    expect([first, second, again].map(({ status, body }) => [status, body.version])).toEqual([[201, 1], [201, 2], [200, 1]]);
    expect(first.headers['location']).toBe('/v1/namespaces/research/manifests/cluster/versions/1');
    expect(again.body.digest).toBe(first.body.digest);
    const origin = { principal: 'arn:aws:iam::123456789012:user/alice', sourceIp: '192.0.2.7' };
    expect(api.table.audit).toMatchObject([1, 2].map((version) => ({ action: 'ManifestStored', by: 'alice', target: `manifest/research/cluster/${version}`, origin })));
  });

  it.each([
    [{ name: 'other' }, 'metadata.name'],
    [{ name: 'cluster', namespace: 'vision' }, 'metadata.namespace'],
  ])('refuses a manifest that is not of the path %j', async (params, path) => {
    const answer = await anApi().call('putManifest', { ...put, params });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([422, path]);
  });
});

describe('getManifest', () => {
  beforeAll(silenceLogs);

  it('answers the latest version, or the one by number', async () => {
    const api = anApi();
    await api.call('putManifest', put);
    await api.call('putManifest', changed);
    const latest = await api.call('getManifest', { params: { name: 'cluster' } });
    const first = await api.call('getManifestVersion', { params: { name: 'cluster', version: '1' } });
    expect(latest.body).toMatchObject({ version: 2, manifest: { spec: { priority: 900 } } });
    expect(first.body).toMatchObject({ version: 1, manifest: { spec: { priority: 500 } } });
  });

  it('shows a manifest that can be put back as it is', async () => {
    const api = anApi();
    await api.call('putManifest', put);
    const { body } = await api.call('getManifest', { params: { name: 'cluster' } });
    const back = await api.call('putManifest', { params: { name: 'cluster' }, body: JSON.stringify(body.manifest) });
    expect([back.status, back.body.digest]).toEqual([200, body.digest]);
  });

  it.each(['0', '-1', '1.5', 'latest', '99999999999'])('refuses version %s', async (version) => {
    expect((await anApi().call('getManifestVersion', { params: { name: 'cluster', version } })).status).toBe(400);
  });

  it('knows no manifest of another namespace', async () => {
    const api = anApi();
    await api.call('putManifest', put);
    const params = { namespace: 'vision', name: 'cluster' };
    expect((await api.call('getManifest', { params })).status).toBe(404);
    expect((await api.call('listManifestVersions', { params })).status).toBe(404);
    expect((await api.call('listManifests', { params: { namespace: 'vision' } })).body.items).toEqual([]);
  });

  it('lists names with their latest version, and versions newest first', async () => {
    const api = anApi();
    await api.call('putManifest', put);
    await api.call('putManifest', changed);
    await api.call('putManifest', { params: { name: 'another' }, body: aManifestText({ name: 'another' }) });
    const names = await api.call('listManifests');
    const versions = await api.call('listManifestVersions', { params: { name: 'cluster' } });
    expect(names.body.items.map(({ name, version }) => [name, version])).toEqual([['another', 1], ['cluster', 2]]);
    expect(versions.body.items.map(({ version }) => version)).toEqual([2, 1]);
  });
});

describe('validateManifest', () => {
  beforeAll(silenceLogs);

  it('answers digest, the manifest with its defaults, and warnings', async () => {
    const body = aManifestText().replace('  ttlSeconds: 3600\n', '');
    const answer = await anApi().call('validateManifest', { body });
    expect(answer).toMatchObject({ status: 200, body: { manifest: { spec: { runtime: { type: 'None' } } } } });
    expect(answer.body.warnings).toEqual([expect.objectContaining({ code: 'no-time-limit' })]);
  });

  it('needs no namespace in the path, and checks against the deployment', async () => {
    const answer = await anApi().call('validateManifest', { body: aManifestText({ namespace: 'nobodys' }) });
    expect(answer.body.errors?.[0]).toMatchObject({ code: 'not-offered', path: 'metadata.namespace', line: 5 });
  });

  const withEfa = (namespace: string, type = 'p4d.24xlarge'): string =>
    aManifestText({ namespace }).replace('instanceType: [c6i.large, m6i.large]', `instanceType: ${type}\n      efa: true`);

  it('serves EFA to a namespace that has launch templates with it, and to no other', async () => {
    const api = anApi();
    expect((await api.call('validateManifest', { body: withEfa('vision') })).status).toBe(200);
    expect((await api.call('validateManifest', { body: withEfa('research') })).body.errors).toEqual([expect.objectContaining({
      code: 'not-offered', path: 'spec.nodePools[1].efa', message: 'this deployment does not offer namespace research Elastic Fabric Adapters for p4d.24xlarge' })]);
    expect((await api.call('validateManifest', { body: withEfa('vision', 'm6i.large') })).body.errors).toEqual([expect.objectContaining({
      code: 'not-offered', path: 'spec.nodePools[1].efa', message: 'm6i.large has no Elastic Fabric Adapter' })]);
  });

  it('serves placement groups', async () => {
    const body = aManifestText().replace('  placement:\n', '  placement:\n    placementGroup: true\n');
    expect(body).toContain('placementGroup');
    expect((await anApi().call('validateManifest', { body })).status).toBe(200);
  });

  it('refuses what the account’s quotas never hold, with line and number that would fit', async () => {
    const api = anApi();
    api.knowledge.quotas = new Map([['Standard/on-demand', 4], ['Standard/spot', 2]]);
    const { status, body } = await api.call('validateManifest', { body: aManifestText() });
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ code: 'limit-exceeded', path: 'spec.nodePools[1].count', line: expect.any(Number), value: 4, suggestion: '3' })]]);
  });
});

describe('asWritten', () => {
  const folder = new URL('../../../examples/', import.meta.url);
  const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'shares.yaml');

  it.each(examples)('writes %s so that it reads as the same manifest', (name) => {
    const read = parseManifest(readFileSync(new URL(name, folder), 'utf8'));
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const again = parseManifestValue(asWritten(read.manifest));
    if (!again.ok) throw new Error(JSON.stringify(again.problems));
    expect(canonicalJson(again.manifest)).toBe(canonicalJson(read.manifest));
  });
});
