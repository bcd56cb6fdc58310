import { beforeAll, describe, expect, it } from '@jest/globals';
import { cooldownOf } from '../../../core/capacity/pauses.ts';
import { isoTime, jobId, microUsd } from '../../../core/job/ids.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import { usageBase } from '../../../core/scheduling/usage.ts';
import { defaultShareTree, type ShareTree } from '../../../core/shares/share-tree.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aGroup, aNamespace } from '../../builders/scheduling.ts';

type Api = ReturnType<typeof anApi>;

beforeAll(silenceLogs);

async function submitted(api: Api, spec = '', namespace = 'research'): Promise<string> {
  api.clock.advance(1000);
  return (await api.call('submitJob', { params: { namespace }, body: aManifestText({ namespace, spec }) })).body.jobId;
}
const queue = async (api: Api, limit?: string) =>
  (await api.call('getQueue', limit === undefined ? {} : { queryStringParameters: { limit } })).body;

function share(api: Api, fields: Partial<ShareTree>): void {
  api.table.shareVersions.push({ version: 1, tree: { ...defaultShareTree, ...fields }, document: {}, appliedBy: 'ops', appliedAtMs: api.clock.now() });
}

describe('getQueue', () => {
  it('answers for a deployment where nothing ever happened', async () => {
    const api = anApi();
    expect(await queue(api)).toMatchObject({ pending: 0, running: 0, parked: 0, launches: { inFlight: 0, limit: 25 }, pauses: [], jobs: [], hasMoreJobs: false, isPartial: false });
  });

  it('lists what waits in the scheduler’s order, with what holds it', async () => {
    const api = anApi();
    share(api, { limits: { nodes: 5 } });
    const low = await submitted(api, '  priority: low');
    const high = await submitted(api, '  priority: high');
    const { jobs, pending, hasMoreJobs } = await queue(api);
    expect([pending, hasMoreJobs]).toEqual([2, false]);
    expect(jobs).toMatchObject([
      { jobId: high, priority: 750, band: 7, nodes: 5, code: 'Starts', user: 'alice' },
      { jobId: low, priority: 250, code: 'LimitReached', message: expect.stringContaining('The deployment holds 5 of 5 nodes') },
    ]);
  });

  it('lists as many as it is asked for', async () => {
    const api = anApi();
    const ids = [await submitted(api), await submitted(api), await submitted(api)];
    const two = await queue(api, '2');
    expect([two.jobs.map((job) => job.jobId), two.hasMoreJobs]).toEqual([ids.slice(0, 2), true]);
    expect(await queue(api, '0')).toMatchObject({ pending: 3, jobs: [], hasMoreJobs: true });
    for (const limit of ['101', '-1', 'x']) expect((await api.call('getQueue', { queryStringParameters: { limit } })).status).toBe(400);
  });

  it('shows the share tree with what holds the first of each share', async () => {
    const api = anApi();
    await submitted(api);
    await submitted(api, '', 'vision');
    share(api, { groups: [aGroup('physics', { limits: { nodes: 4 }, guarantee: { nodes: 2 } })], namespaces: [aNamespace('research', { parent: 'physics' })] });
    const { shares } = await queue(api);
    expect(shares.map(({ depth, kind, name, pending, waiting }) => [depth, kind, name, pending, waiting?.code])).toEqual([
      [0, 'deployment', undefined, 2, 'TooLarge'],
      [1, 'group', 'physics', 1, 'TooLarge'],
      [2, 'namespace', 'research', 1, 'TooLarge'],
      [3, 'user', 'alice', 1, 'TooLarge'],
      [1, 'namespace', 'vision', 1, undefined],
      [2, 'user', 'alice', 1, undefined],
    ]);
    expect(shares[1]).toMatchObject({ limits: { nodes: 4 }, guarantee: { nodes: 2 } });
  });

  it('counts jobs that look for machines, and not those that have them', async () => {
    const api = anApi();
    const [looking, gone] = [await submitted(api), await submitted(api)];
    await api.jobs.commit(admit(await api.get(looking), {}, api.clock.now()));
    api.table.lease = { ...api.table.lease, launching: [jobId(looking), jobId(gone)] };
    expect((await queue(api)).launches).toEqual({ inFlight: 1, limit: 25 });
  });

  it('names every pause in force', async () => {
    const api = anApi();
    const atMs = api.clock.now();
    const spot = { scope: { kind: 'market', market: 'spot' }, by: 'ops', reason: 'price spike', atMs } as const;
    api.table.pauses.set('namespace/research', { scope: { kind: 'namespace', namespace: 'research' }, by: 'ops', reason: 'audit', atMs });
    api.table.cooldowns.set('spot', cooldownOf(spot));
    expect((await queue(api)).pauses).toEqual([
      { scope: 'namespace research', by: 'ops', reason: 'audit', at: isoTime(atMs) }, { scope: 'market spot', by: 'ops', reason: 'price spike', at: isoTime(atMs) },
    ]);
  });

  it('stays small where thousands of users wait, and says that it is not all', async () => {
    const api = anApi();
    const entry = queueEntryOf(await api.get(await submitted(api)));
    const base = usageBase(api.clock.now(), defaultShareTree.halfLifeSeconds * 1000);
    for (let i = 0; i < 600; i += 1) {
      const user = `user${i}`;
      api.table.lanes.set(user, { namespace: 'research', user, lane: entry.lane, pending: 1, enteredAtMs: api.clock.now() });
      api.table.queue.set(jobId(`01hj0b${String(i).padStart(20, '0')}`), { ...entry, user, jobId: jobId(`01hj0b${String(i).padStart(20, '0')}`) });
      api.table.uses.set(user, { namespace: 'research', user, runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: microUsd(0), quotas: {}, usage: 600 - i, ...base });
    }
    const answer = await queue(api);
    expect([answer.pending, answer.shares.length, answer.hasMoreShares, answer.jobs.length, answer.hasMoreJobs, answer.isPartial]).toEqual([601, 500, true, 20, true, true]);
    // Those who used least come first, and are among those who are read.
    expect(answer.jobs.slice(0, 3).map(({ user }) => user)).toEqual(['alice', 'user599', 'user598']);
  });
});
