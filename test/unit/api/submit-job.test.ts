import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { jobId } from '../../../core/job/ids.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

const yaml = aManifestText();
const manifest: unknown = parse(yaml);
const onRun = '  hooks:\n    onRun:\n      - name: work\n        script: echo hi\n';

describe('submitJob', () => {
  beforeAll(silenceLogs);

  it('takes a manifest as it is and queues a job', async () => {
    const api = anApi();
    const { status, headers, body } = await api.call('submitJob', { body: yaml, headers: { 'Content-Type': 'application/yaml' } });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/namespaces/research/jobs/${body.jobId}`);
    expect(body).toMatchObject({ state: 'PENDING', user: 'alice', manifest: { name: 'cluster', version: 1 }, priority: 500, nodeCount: 5, labels: { project: 'folding' } });
    // The dearest listed type of each pool.
    expect(body.maxUsdPerHour).toBeCloseTo(0.096 * 5);
    expect(api.table.queue.has(jobId(body.jobId))).toBe(true);
    const events = await api.call('listEvents', { params: { jobId: body.jobId } });
    expect(events.body.items).toEqual([expect.objectContaining({ number: 1, type: 'JobSubmitted' })]);
  });

  it.each([
    ['JSON', JSON.stringify(manifest), 'application/json'],
    ['JSON without a type', JSON.stringify(manifest), undefined],
    ['YAML sent by curl --data-binary', yaml, 'application/x-www-form-urlencoded'],
    ['YAML in capital letters', yaml, 'Application/X-YAML; charset=utf-8'],
    ['an envelope with an object', JSON.stringify({ manifest }), 'application/json'],
    ['an envelope with YAML text', JSON.stringify({ manifest: yaml }), undefined],
  ])('takes %s', async (_, body, type) => {
    const answer = await anApi().call('submitJob', { body, headers: type === undefined ? {} : { 'content-type': type } });
    expect(answer.status).toBe(201);
  });

  it('refuses a namespace that is called like a part of every object, as it refuses any that is not served', async () => {
    const { status, body } = await anApi().call('submitJob', { params: { namespace: 'constructor' }, body: yaml.replace('namespace: research', 'namespace: constructor') });
    expect([status, body.errors?.map(({ code, path }) => [code, path])]).toEqual([422, [['not-offered', 'metadata.namespace']]]);
  });

  it('makes one version of the same manifest, however it was written', async () => {
    const api = anApi();
    const first = await api.call('submitJob', { body: yaml });
    const second = await api.call('submitJob', { body: JSON.stringify({ manifest, priority: 'high' }) });
    expect(second.body.manifest).toEqual(first.body.manifest);
    expect(second.body.priority).toBe(750);
  });

  it('keeps a script beside the manifest', async () => {
    const api = anApi();
    const { body } = await api.call('submitJob', { body: JSON.stringify({ manifest: yaml, script: 'echo hello' }) });
    expect(body.hasScript).toBe(true);
    expect(await api.jobs.script(jobId(body.jobId))).toBe('echo hello');
    expect(await api.get(body.jobId)).toMatchObject({ interactive: false });
  });

  it('tells an interactive cluster from a job', async () => {
    const api = anApi();
    const cluster = await api.call('submitJob', { body: yaml });
    const job = await api.call('submitJob', { body: aManifestText({ spec: onRun }) });
    expect((await api.get(cluster.body.jobId)).interactive).toBe(true);
    expect((await api.get(job.body.jobId)).interactive).toBe(false);
  });

  it('runs a stored manifest, the latest version where none is named', async () => {
    const api = anApi();
    await api.call('putManifest', { params: { name: 'cluster' }, body: yaml });
    await api.call('putManifest', { params: { name: 'cluster' }, body: aManifestText({ spec: '  priority: 900\n' }) });
    const latest = await api.call('submitJob', { body: JSON.stringify({ manifestRef: { name: 'cluster' } }) });
    const first = await api.call('submitJob', { body: JSON.stringify({ manifestRef: { name: 'cluster', version: 1 } }) });
    expect([latest.body.manifest.version, latest.body.priority]).toEqual([2, 900]);
    expect([first.body.manifest.version, first.body.priority]).toEqual([1, 500]);
    const unknown = await api.call('submitJob', { body: JSON.stringify({ manifestRef: { name: 'cluster', version: 3 } }) });
    expect([unknown.status, unknown.body.type]).toEqual([404, 'urn:orchestrator:problem:manifest-not-found']);
  });

  it('tells every problem with line and column, and stores nothing', async () => {
    const api = anApi();
    const body = yaml.replace('count: 4', 'count: 0').replace('name: cluster', 'name: Cluster').replace('ttlSeconds', 'ttlSecond');
    const answer = await api.call('submitJob', { body });
    expect([answer.status, answer.body.type]).toEqual([422, 'urn:orchestrator:problem:invalid-manifest']);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ path: 'metadata.name', line: 4, suggestion: 'cluster' }),
      expect.objectContaining({ path: 'spec.nodePools[1].count', line: 14 }),
      expect.objectContaining({ path: 'spec.ttlSecond', line: 19, suggestion: 'ttlSeconds' }),
    ]);
    expect([api.table.jobs.size, api.table.manifests.size]).toEqual([0, 0]);
  });

  it.each([
    ['an unknown type', yaml.replace('m6i.large\n', 'm6i.lrage\n'), 'spec.nodePools[0].instanceType', 'm6i.large'],
    ['a region not served', yaml.replace('us-east-1', 'eu-west-1'), 'spec.placement.region', undefined],
    ['another namespace', aManifestText({ namespace: 'vision' }), 'metadata.namespace', 'research'],
    ['machines that the namespace has no image for', yaml.replace('m6i.large\n', 'm7g.large\n'), 'spec.nodePools[0].instanceType', undefined],
    ['more nodes than allowed', yaml.replace('count: 4', 'count: 1000'), 'spec.nodePools', undefined],
  ])('refuses %s', async (_, body, path, suggestion) => {
    const answer = await anApi().call('submitJob', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors?.[0]).toMatchObject({ path, line: expect.any(Number), ...(suggestion === undefined ? {} : { suggestion }) });
  });

  it('refuses more instance types than it would look up', async () => {
    const pools = ['a', 'b', 'c'].map((pool) => `    - name: ${pool}\n      count: 1\n      instanceType: [${Array.from({ length: 30 }, (_, n) => `t${pool}.${n}x`).join(', ')}]\n`);
    const answer = await anApi().call('submitJob', { body: yaml.replace('    - name: head\n', `${pools.join('')}    - name: head\n`) });
    expect(answer.body.errors).toEqual([expect.objectContaining({ code: 'limit-exceeded', path: 'spec.nodePools', line: expect.any(Number) })]);
  });

  it('refuses a namespace that the deployment does not serve', async () => {
    const answer = await anApi().call('submitJob', { params: { namespace: 'visoin' }, body: aManifestText({ namespace: 'visoin' }) });
    expect(answer.body.errors?.[0]).toMatchObject({ path: 'metadata.namespace', suggestion: 'vision' });
  });

  it.each([
    ['nothing', null, 400],
    ['broken JSON', '{"manifest": ', 400],
    ['broken YAML', 'a: [b', 400],
    ['a manifest and a reference', JSON.stringify({ manifest, manifestRef: { name: 'a' } }), 400],
    ['an envelope with an unknown key', JSON.stringify({ manifest, scirpt: 'x' }), 400],
    ['an envelope without a manifest', JSON.stringify({ script: 'x' }), 400],
    ['a list as the manifest', JSON.stringify({ manifest: [] }), 400],
    ['a priority out of range', JSON.stringify({ manifest, priority: 1001 }), 400],
    ['a script that is too long', JSON.stringify({ manifest, script: 'x'.repeat(65 * 1024) }), 422],
    ['a manifest that is too large', `${yaml}# ${'x'.repeat(260 * 1024)}`, 413],
    ['a body that is too large', 'x'.repeat(301 * 1024), 413],
  ])('refuses %s', async (_, body, status) => {
    const api = anApi();
    const answer = await api.call('submitJob', { body, headers: { 'content-type': body?.startsWith('{') ? 'application/json' : 'text/yaml' } });
    expect(answer.status).toBe(status);
    expect(api.table.jobs.size).toBe(0);
  });
});

describe('submitJob with an Idempotency-Key', () => {
  beforeAll(silenceLogs);
  const headers = { 'Idempotency-Key': 'night-run-1' };

  it('makes one job of the same request', async () => {
    const api = anApi();
    const first = await api.call('submitJob', { body: yaml, headers });
    const again = await api.call('submitJob', { body: yaml, headers });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.jobId).toBe(first.body.jobId);
    expect(api.table.jobs.size).toBe(1);
  });

  it('refuses the key of another request', async () => {
    const api = anApi();
    await api.call('submitJob', { body: yaml, headers });
    const other = await api.call('submitJob', { body: `${yaml}# changed`, headers });
    expect([other.status, other.body.type]).toEqual([422, 'urn:orchestrator:problem:idempotency-key-reused']);
  });

  it('leaves each user their own keys', async () => {
    const api = anApi();
    await api.call('submitJob', { body: yaml, headers });
    const bob = await api.call('submitJob', { body: yaml, headers, userArn: 'arn:aws:iam::123456789012:user/bob' });
    expect([bob.status, bob.body.user]).toEqual([201, 'bob']);
  });

  it('honours a key for 24 hours', async () => {
    const api = anApi();
    await api.call('submitJob', { body: yaml, headers });
    api.clock.advance(24 * 3_600_000 + 1);
    expect((await api.call('submitJob', { body: yaml, headers })).status).toBe(201);
  });

  it('refuses a key that is no key', async () => {
    expect((await anApi().call('submitJob', { body: yaml, headers: { 'idempotency-key': 'two words' } })).status).toBe(400);
  });
});

describe('submitJob?dryRun=true', () => {
  beforeAll(silenceLogs);

  it('shows the plan with its cost and stores nothing', async () => {
    const api = anApi();
    const { status, body } = await api.call('submitJob', { body: yaml, queryStringParameters: { dryRun: 'true' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: true, demand: { nodes: 5, vcpus: 10 }, manifest: { name: 'cluster' } });
    expect(body.plan.launches[0]).toMatchObject({ pool: 'head', zones: ['us-east-1a'], usdPerHour: 0.096, why: expect.stringContaining('scarcest pool first') });
    expect(body.plan.maxUsdPerHour).toBeGreaterThan(0);
    expect([api.table.jobs.size, api.table.manifests.size]).toEqual([0, 0]);
  });

  it('tells what a job costs at most that is run again and again, with the end of each attempt', async () => {
    const costs = async (spec: string) => (await anApi().call('submitJob', { body: aManifestText({ spec }), queryStringParameters: { dryRun: 'true' } })).body.plan;
    const once = await costs('');
    expect(once).toMatchObject({ attempts: 1, maxUsdPerAttempt: (once.maxUsdPerHour * 4500) / 3600, maxUsdInAll: once.maxUsdPerAttempt });
    expect(await costs('  retry:\n    maxAttempts: 10\n')).toMatchObject({ attempts: 10, maxUsdPerAttempt: once.maxUsdPerAttempt, maxUsdInAll: expect.closeTo(10 * once.maxUsdPerAttempt) });
    expect(await costs('  onNodeLoss: Requeue\n')).toMatchObject({ attempts: 3, maxUsdInAll: expect.closeTo(3 * once.maxUsdPerAttempt) });
  });

  it('does not submit because of a misspelt parameter', async () => {
    const api = anApi();
    const answer = await api.call('submitJob', { body: yaml, queryStringParameters: { dryrun: 'true' } });
    expect([answer.status, api.table.jobs.size]).toEqual([400, 0]);
  });
});
