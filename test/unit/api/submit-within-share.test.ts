import { beforeAll, describe, expect, it } from '@jest/globals';
import { defaultShareTree, type ShareTree } from '../../../core/shares/share-tree.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aNamespace } from '../../builders/scheduling.ts';

const yaml = aManifestText();

function anApiWith(tree: Partial<ShareTree>) {
  const api = anApi();
  api.table.shareVersions.push({ version: 1, tree: { ...defaultShareTree, ...tree }, document: {}, appliedBy: 'admin', appliedAtMs: api.clock.now() });
  return api;
}

describe('a submission', () => {
  beforeAll(silenceLogs);

  it('waits with no more jobs of its namespace than may wait; others may still submit', async () => {
    const api = anApiWith({ namespaces: [aNamespace('research', { pendingJobs: 2 })] });
    for (let n = 0; n < 2; n += 1) expect(await api.call('submitJob', { body: yaml })).toMatchObject({ status: 201 });
    const { status, headers, body } = await api.call('submitJob', { body: yaml });
    expect({ status, type: body.type, retryAfter: headers['retry-after'] }).toEqual({ status: 429, type: 'urn:orchestrator:problem:quota-exceeded', retryAfter: '60' });
    expect(api.table.queue.size).toBe(2);
    expect(await api.call('submitJob', { params: { namespace: 'vision' }, body: aManifestText({ namespace: 'vision' }) })).toMatchObject({ status: 201 });
  });

  it('that was taken in already is answered by its key, however many jobs wait', async () => {
    const api = anApiWith({ namespaces: [aNamespace('research', { pendingJobs: 1 })] });
    const headers = { 'Idempotency-Key': 'night-run-1' };
    const first = await api.call('submitJob', { body: yaml, headers });
    const again = await api.call('submitJob', { body: yaml, headers });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.jobId).toBe(first.body.jobId);
    expect(await api.call('submitJob', { body: `${yaml}# changed`, headers })).toMatchObject({ status: 422, body: { type: 'urn:orchestrator:problem:idempotency-key-reused' } });
    expect(await api.call('submitJob', { body: yaml, headers: { 'Idempotency-Key': 'night-run-2' } })).toMatchObject({ status: 429 });
  });

  it('larger than its share may ever hold is refused, with the place in the manifest', async () => {
    const api = anApiWith({ namespaces: [aNamespace('research', { limits: { nodes: 4 } })] });
    const { status, body } = await api.call('submitJob', { body: yaml });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      type: 'urn:orchestrator:problem:beyond-share',
      errors: [{ code: 'limit-exceeded', path: 'spec.nodePools', line: 9, message: 'ask for 5 nodes; namespace research may hold 4 nodes at most' }],
    });
    expect(api.table.queue.size).toBe(0);
  });

  it('is refused a priority above the ceiling, wherever it asks for it', async () => {
    const api = anApiWith({ namespaces: [aNamespace('research', { maxPriority: 600 })] });
    const inManifest = await api.call('submitJob', { body: aManifestText({ spec: '  priority: 700\n' }) });
    expect(inManifest).toMatchObject({ status: 422, body: { errors: [{ path: 'spec.priority', line: 20 }] } });
    const beside = await api.call('submitJob', { body: JSON.stringify({ manifest: yaml, priority: 'high' }) });
    expect(beside).toMatchObject({ status: 422, body: { errors: [{ path: 'priority', value: 750 }] } });
    expect(await api.call('submitJob', { body: JSON.stringify({ manifest: yaml, priority: 600 }) })).toMatchObject({ status: 201 });
  });

  it('is tried as dearly: a dry run is refused what the job would be', async () => {
    const api = anApiWith({ limits: { nodes: 4 } });
    expect(await api.call('submitJob', { body: yaml, queryStringParameters: { dryRun: 'true' } })).toMatchObject({ status: 422 });
  });

  it('does not get a higher priority later either', async () => {
    const api = anApiWith({ namespaces: [aNamespace('research', { maxPriority: 600 })] });
    const { jobId } = (await api.call('submitJob', { body: yaml })).body;
    const refused = await api.call('setPriority', { params: { jobId }, body: JSON.stringify({ priority: 601 }) });
    expect(refused).toMatchObject({ status: 422, body: { type: 'urn:orchestrator:problem:beyond-share', errors: [{ path: 'priority' }] } });
    expect(await api.call('setPriority', { params: { jobId }, body: JSON.stringify({ priority: 600 }) })).toMatchObject({ status: 200, body: { priority: 600 } });
  });
});
