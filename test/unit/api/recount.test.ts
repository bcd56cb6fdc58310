import { beforeAll, describe, expect, it } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { usageBase } from '../../../core/scheduling/usage.ts';
import { defaultShareTree } from '../../../core/shares/share-tree.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

const HOUR_MS = 3_600_000;

/** Two jobs, of which one was admitted. */
async function anApiAtWork() {
  const api = anApi();
  const ids = [];
  for (let n = 0; n < 2; n += 1) ids.push(jobId((await api.call('submitJob', { body: aManifestText() })).body.jobId));
  const [first = jobId('')] = ids;
  const lease = await api.scheduler.takeLease('me', api.clock.now(), 30_000);
  if (lease === undefined) throw new Error('the lease is taken');
  await api.scheduler.grant(lease, [admit(await api.get(first), {}, api.clock.now())], [first], usageBase(api.clock.now(), defaultShareTree.halfLifeSeconds * 1000));
  await api.scheduler.dropLease(lease);
  const recount = (body: object = {}) => api.call('recountQueue', { body: JSON.stringify(body) });
  return { ...api, first, recount };
}

/** Miscounts one job too many, and one that waits in no queue. */
function miscount({ table }: Awaited<ReturnType<typeof anApiAtWork>>): void {
  for (const [key, use] of table.uses) table.uses.set(key, { ...use, runningJobs: use.runningJobs + 1, nodes: use.nodes + 3 });
  for (const [key, lane] of table.lanes) table.lanes.set(key, { ...lane, pending: lane.pending + 1 });
}

describe('recountQueue', () => {
  beforeAll(silenceLogs);

  it('finds nothing where the counters are right, and says so', async () => {
    const api = await anApiAtWork();
    expect(await api.recount()).toMatchObject({ status: 200, body: { drifts: [], repaired: false, lanesNotCounted: 0 } });
    expect(api.table.lease.expiresAtMs).toBe(0);
  });

  it('shows what drifted and changes nothing unless it is asked to', async () => {
    const api = await anApiAtWork();
    miscount(api);
    const before = structuredClone([...api.table.uses, ...api.table.lanes]);
    const { body } = await api.recount();
    expect(body.drifts).toEqual([
      { namespace: 'research', user: 'alice', amount: 'runningJobs', counted: 2, actual: 1, repaired: false },
      { namespace: 'research', user: 'alice', amount: 'nodes', counted: 8, actual: 5, repaired: false },
      { namespace: 'research', user: 'alice', lane: expect.any(String), amount: 'pending', counted: 2, actual: 1, repaired: false },
    ]);
    expect([...api.table.uses, ...api.table.lanes]).toEqual(before);
    expect(api.table.audit).toEqual([]);
  });

  it('repairs with a record of who and why', async () => {
    const api = await anApiAtWork();
    api.clock.advance(HOUR_MS);
    miscount(api);
    expect(await api.recount({ repair: true, reason: 'after the outage' })).toMatchObject({ body: { repaired: true } });
    expect(api.table.audit).toMatchObject([{ by: 'alice', action: 'Recounted', target: 'queue', reason: 'after the outage' }]);
    expect((await api.recount()).body.drifts).toEqual([]);
  });

  it('leaves alone how many wait where somebody submitted a moment ago: another may be on its way', async () => {
    const api = await anApiAtWork();
    miscount(api);
    const { body } = await api.recount({ repair: true, reason: 'after the outage' });
    expect(body.drifts.map(({ amount, repaired }) => [amount, repaired])).toEqual([['runningJobs', true], ['nodes', true], ['pending', false]]);
    expect(body.repaired).toBe(false);
  });

  it('finds jobs that wait where nobody looks, and brings them back', async () => {
    const api = await anApiAtWork();
    api.table.lanes.clear();
    const { body } = await api.recount({ repair: true, reason: 'a job was never started' });
    expect(body.drifts).toEqual([{ namespace: 'research', user: 'alice', lane: expect.any(String), amount: 'pending', counted: 0, actual: 1, repaired: true }]);
    expect([...api.table.lanes.values()]).toMatchObject([{ namespace: 'research', user: 'alice', pending: 1 }]);
    expect((await api.recount()).body.drifts).toEqual([]);
  });

  it('does not take for a drift what is only on its way', async () => {
    const api = await anApiAtWork();
    const { jobs } = api;
    const { activeAttempts } = jobs;
    let looks = 0;
    // The index shows the attempt a little later, and nobody else knows of it.
    jobs.activeAttempts = async (...values) => ((looks += 1) === 1 ? { items: [] } : activeAttempts.apply(jobs, values));
    api.table.lease = { ...api.table.lease, launching: [] };
    expect((await api.recount({ repair: true, reason: 'to be sure' })).body).toMatchObject({ drifts: [], repaired: false });
    expect(looks).toBe(2);
  });

  it('counts a job that ended and whose end was not counted yet once', async () => {
    const api = await anApiAtWork();
    const { first, table, jobs } = api;
    const job = await api.get(first);
    if (job.hold === undefined) throw new Error('it holds nothing');
    const { activeAttempts } = jobs;
    // Between the look at the jobs and the look at the counters.
    jobs.activeAttempts = async (...values) => {
      const { namespace, user, demand, attempt, hold = job.hold } = job;
      if (hold !== undefined) table.releases.set('note', { jobId: first, namespace, user, attempt, amounts: demand, hold, atMs: api.clock.now(), costMicroUsd: demand.microUsdPerHour, cause: 9 });
      return activeAttempts.apply(jobs, values);
    };
    expect((await api.recount()).body.drifts).toEqual([]);
  });

  it('is refused while a scheduler is at work', async () => {
    const api = await anApiAtWork();
    await api.scheduler.takeLease('scheduler', api.clock.now(), 60_000);
    expect(await api.recount()).toMatchObject({ status: 409, body: { type: 'urn:orchestrator:problem:scheduler-busy' } });
  });

  it.each([[{ repair: true }], [{ repair: true, reason: ' ' }], [{ repair: 'yes' }], [{ mend: true }]])('refuses %j', async (body) => {
    const { status } = await (await anApiAtWork()).recount(body);
    expect(status).toBe(400);
  });
});
