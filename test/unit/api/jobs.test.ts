import { beforeAll, describe, expect, it } from '@jest/globals';
import { epochMs, instanceId, isoTime, jobId, microUsd } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import { admit, park } from '../../../core/lifecycle/admit.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { move, submitted, type Api } from './moved.ts';

function aNode(api: Api, fields: Partial<Node> = {}): Node {
  return {
    name: 'head-0', rank: 0, pool: 'head', instanceId: instanceId('i-1'), instanceType: 'm6i.large', zone: 'us-east-1a', market: 'on-demand',
    address: '10.0.0.4', launchedAtMs: api.clock.now(), microUsdPerHour: microUsd(96_000), ...fields,
  };
}

describe('listJobs', () => {
  beforeAll(silenceLogs);

  it('lists newest first, in pages that a cursor joins', async () => {
    const api = anApi();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      api.clock.advance(1000);
      ids.unshift(await submitted(api));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await api.call('listJobs', { queryStringParameters: query });
      seen.push(...body.items.map((job) => job.jobId));
      cursor = body.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  it('filters by state, user and label, and never shows another namespace', async () => {
    const api = anApi();
    const first = await submitted(api);
    const other = await submitted(api, aManifestText({ name: 'other' }).replace('project: folding', 'project: a=b'));
    await api.call('submitJob', { params: { namespace: 'vision' }, body: aManifestText({ namespace: 'vision' }) });
    await move(api, first, 'CONFIGURING');
    const list = async (query: Record<string, string>) =>
      (await api.call('listJobs', { queryStringParameters: query })).body.items.map((job) => job.jobId);
    expect(await list({ state: 'CONFIGURING' })).toEqual([first]);
    expect(await list({ label: 'project=a=b' })).toEqual([other]);
    expect(await list({ user: 'nobody' })).toEqual([]);
    expect((await list({})).length).toBe(2);
  });

  it.each([{ limit: '0' }, { limit: '101' }, { limit: 'x' }, { state: 'LOST' }, { label: 'project' }, { cursor: 'AAAA' }, { cursor: '%00' }, { sort: 'up' }])(
    'refuses %j',
    async (query) => {
      const answer = await anApi().call('listJobs', { queryStringParameters: query });
      expect([answer.status, answer.body.type]).toEqual([400, 'urn:orchestrator:problem:invalid-request']);
    },
  );
});

describe('getJob', () => {
  beforeAll(silenceLogs);

  it('says why a job waits in the queue', async () => {
    const api = anApi();
    const waiting = async (id: string) => (await api.call('getJob', { params: { jobId: id } })).body.waiting;
    const id = await submitted(api);
    expect(await waiting(id)).toMatchObject({ code: 'Queued' });
    api.table.pauses.set('queue', { scope: { kind: 'queue' }, by: 'ops', reason: 'price spike', atMs: api.clock.now() });
    // Those who ask again and again see the queue as it was a moment ago.
    expect(await waiting(id)).toMatchObject({ code: 'Queued' });
    api.clock.advance(5000);
    expect(await waiting(id)).toEqual({ code: 'Paused', message: 'ops has paused the queue: price spike' });
  });

  it('says until when a parked job has nothing to try', async () => {
    const api = anApi();
    const id = await submitted(api);
    await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
    const untilMs = epochMs(api.clock.now() + 60_000);
    await api.jobs.commit(park(await api.get(id), 'token', untilMs, 'No Spot in any zone.', api.clock.now()));
    const { body } = await api.call('getJob', { params: { jobId: id } });
    expect(body.waiting).toEqual({ code: 'NoCapacity', message: 'No Spot in any zone.', until: isoTime(untilMs) });
  });

  it('shows attempts, nodes and what they cost so far', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING');
    const gone = { goneAtMs: epochMs(api.clock.now() + 1_800_000) };
    await api.attempts.putNodes(jobId(id), 1, [aNode(api), aNode(api, { name: 'workers-0', rank: 1, instanceId: instanceId('i-2'), ...gone })]);
    api.clock.advance(3_600_000);
    const { body } = await api.call('getJob', { params: { jobId: id } });
    expect(body).toMatchObject({ state: 'RUNNING', attempts: [{ attempt: 1, state: 'RUNNING' }], costUsd: 0.144 });
    expect(body.nodes.map((node) => node.usdPerHour)).toEqual([0.096, 0.096]);
    expect(body.waiting).toBeUndefined();
  });

  it('says of nodes that nobody saw go that they were gone when the attempt was done', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'DESTROYING');
    await api.attempts.putNodes(jobId(id), 1, [aNode(api)]);
    expect((await api.call('getJob', { params: { jobId: id } })).body.nodes[0]?.goneAt).toBeUndefined();
    const end = enter(await api.get(id), await api.jobs.attempt(jobId(id), 1), ['DONE'], undefined, api.clock.now());
    if (end === undefined) throw new Error('no change');
    await api.jobs.commit(end);
    const { nodes, endedAt } = (await api.call('getJob', { params: { jobId: id } })).body;
    expect(nodes).toMatchObject([{ goneAt: endedAt }]);
  });

  it('counts an ended attempt once', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING');
    await api.attempts.putNodes(jobId(id), 1, [aNode(api)]);
    const job = await api.get(id);
    const attempt = await api.jobs.attempt(job.jobId, 1);
    if (attempt === undefined) throw new Error('no attempt');
    const cost = [{ pool: 'workers', market: 'spot', nodes: 1, seconds: 1800, microUsd: microUsd(5_000), savedMicroUsd: microUsd(7_000) }] as const;
    await api.jobs.commit({ ...amend(job, { ...job, cost }, [], api.clock.now()), attempt: { ...attempt, costMicroUsd: microUsd(5_000) } });
    const sums = { nodes: 1, nodeHours: 0.5, usd: 0.005, savedUsd: 0.007 };
    expect((await api.call('getJob', { params: { jobId: id } })).body).toMatchObject({
      costUsd: 0.005, cost: { ...sums, byPool: [{ pool: 'workers', market: 'spot', ...sums }] },
    });
    expect((await api.call('listJobs')).body.items).toMatchObject([{ jobId: id, cost: sums }]);
  });

  it('shows the sums of the attempts of a job whose record has none yet', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING');
    const attempt = await api.jobs.attempt(jobId(id), 1);
    if (attempt === undefined) throw new Error('no attempt');
    const job = await api.get(id);
    await api.jobs.commit({ ...amend(job, job, [], api.clock.now()), attempt: { ...attempt, costMicroUsd: microUsd(5_000) } });
    expect((await api.call('getJob', { params: { jobId: id } })).body).toMatchObject({ costUsd: 0.005, cost: { usd: 0.005, byPool: [] } });
  });

  it('tells readers of a history who asked, and the audit alone from where', async () => {
    const api = anApi();
    const id = await submitted(api);
    const { body } = await api.call('listEvents', { params: { jobId: id } });
    expect(body.items[0]?.data).toMatchObject({ by: 'alice', origin: { principal: 'arn:aws:iam::123456789012:user/alice', requestId: expect.anything() } });
    expect(JSON.stringify(body)).not.toMatch(/192\.0\.2\.7|userAgent/);
    expect(api.table.events.get(jobId(id))?.[0]?.data).toMatchObject({ origin: { sourceIp: '192.0.2.7' } });
  });

  it.each(['getJob', 'listEvents', 'readLogs', 'cancelJob', 'releaseJob'] as const)('%s knows no job of another namespace', async (operation) => {
    const api = anApi();
    const id = await submitted(api);
    const answer = await api.call(operation, { params: { namespace: 'vision', jobId: id } });
    expect(answer).toMatchObject({ status: 404, body: { type: 'urn:orchestrator:problem:job-not-found' } });
    expect((await api.get(id)).state).toBe('PENDING');
  });
});
