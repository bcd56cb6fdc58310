import { describe, expect, it } from '@jest/globals';
import type { AcquireResult, GangRequest } from '../../../core/capacity/gang.ts';
import { epochMs } from '../../../core/job/ids.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import type { Job } from '../../../core/job/job.ts';
import { park } from '../../../core/lifecycle/admit.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { canonicalJson } from '../../../core/manifest/canonical.ts';
import { parseManifest } from '../../../core/manifest/parse.ts';
import { acquireCapacity } from '../../../lambdas/lifecycle/acquire-capacity/acquire-capacity.ts';
import { aDeployment, ManualClock, silentLog } from '../../builders/capacity.ts';
import { aHold, aJob } from '../../builders/job.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { InMemoryManifestStore } from '../../fakes/in-memory-manifest-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { aManifest } from '../../statemachines/manifests.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';

/** The task's ports over stores in memory, with one job that looks for capacity. */
async function searching(fields: Partial<Job>) {
  const table = new InMemoryTable();
  const manifests = new InMemoryManifestStore(table);
  const clock = new ManualClock();
  const parsed = parseManifest(aManifest());
  if (!parsed.ok) throw new Error('the manifest is invalid');
  const job = aJob({ state: 'ACQUIRING_CAPACITY', admittedAtMs: clock.now(), ...fields });
  const { name, digest } = job.manifest;
  await manifests.put({ namespace: job.namespace, name, digest, canonical: canonicalJson(parsed.manifest), createdAtMs: clock.now(), createdBy: 'ada' });
  table.jobs.set(job.jobId, job);
  const attempts = new InMemoryAttemptStore(table);
  const catalogue = new InMemoryInstanceCatalogue([]);
  const capacity = new InMemoryCapacityProvider({ attempts, knowledge: new InMemoryMarketKnowledge(), catalogue, clock, cooldowns: new InMemoryCooldownStore(table), deployment: aDeployment(), log: silentLog });
  const ports = { jobs: new InMemoryJobStore(table), attempts, manifests, clock, capacity, deployment: aDeployment() };
  return { job, ports, run: () => acquireCapacity(ports, { jobId: job.jobId, attempt: 1, enter: [] }) };
}

/** What the task answers when the search for capacity ends so, and `remaining` machines do not go when they are told to. */
async function answerTo(result: AcquireResult, remaining = 0) {
  const { ports: { capacity }, run } = await searching({ hold: aHold(), cancelRequestedBy: 'ada' });
  let released = 0;
  capacity.acquire = async () => result;
  capacity.release = async () => {
    released += 1;
    return { terminated: 0, remaining };
  };
  const { kind } = await run();
  return { kind, released };
}

describe('a search for capacity that is broken off', () => {
  it('is out of time only when nothing of it is left running', async () => {
    expect(await answerTo({ kind: 'interrupted', by: 'timedOut' })).toEqual({ kind: 'timedOut', released: 1 });
    expect(await answerTo({ kind: 'interrupted', by: 'timedOut' }, 2)).toEqual({ kind: 'leaked', released: 1 });
  });

  it('leaves to the teardown what a cancelled one launched', async () => {
    expect(await answerTo({ kind: 'interrupted', by: 'cancelled' })).toEqual({ kind: 'cancelled', released: 0 });
  });

  it('launches nothing more for a job that goes on without it', async () => {
    const { job, ports, run } = await searching({ hold: aHold() });
    const asked: unknown[] = [];
    ports.capacity.acquire = async (_gang, interrupted) => {
      asked.push(await interrupted());
      await changeJob(ports.jobs, job.jobId, (now) => amend(now, { ...now, state: 'DESTROYING' }, [{ type: 'Reconciled', message: 'torn down' }], ports.clock.now()));
      asked.push(await interrupted());
      return { kind: 'interrupted', by: 'cancelled' };
    };
    await run();
    expect(asked).toEqual([undefined, 'cancelled']);
  });

  it('launches nothing more for a job that a task has parked which came after it', async () => {
    const { job, ports, run } = await searching({ hold: aHold() });
    const asked: unknown[] = [];
    ports.capacity.acquire = async (_gang, interrupted) => {
      asked.push(await interrupted());
      await changeJob(ports.jobs, job.jobId, (now) => park(now, 'token', ports.clock.now(), 'No capacity.', ports.clock.now()));
      asked.push(await interrupted());
      return { kind: 'interrupted', by: 'superseded' };
    };
    await run();
    expect(asked).toEqual([undefined, 'superseded']);
  });

  it('does not park a job that was cancelled meanwhile', async () => {
    const short: AcquireResult = { kind: 'short', shortfall: 2, untilMs: epochMs(0), cooldowns: [], launches: 1 };
    expect(await answerTo(short)).toMatchObject({ kind: 'cancelled' });
  });

  it('says what it waits for', async () => {
    const { ports, run } = await searching({ hold: aHold() });
    const waitsFor = ['offering/c6i.large/us-east-1a/spot'];
    ports.capacity.acquire = async () => ({ kind: 'short', shortfall: 2, untilMs: epochMs(5), cooldowns: [], waitsFor, launches: 1 });
    expect(await run()).toMatchObject({ kind: 'short', untilMs: 5, waitsFor });
  });

  it('says what it lacks that no cooldown tells of', async () => {
    const { ports, run } = await searching({ hold: aHold() });
    ports.capacity.acquire = async () => ({ kind: 'short', shortfall: 2, untilMs: epochMs(0), cooldowns: [], byClock: true, launches: 0, limits: ['a is full', 'b is full', 'c is full', 'd is full'] });
    expect(await run()).toMatchObject({ byClock: true, reason: { code: 'NoCapacity', message: '2 nodes short after 0 launch calls: a is full, b is full, c is full and 1 more.' } });
  });

  it('says what its calls were told where nothing cools for it', async () => {
    const { job, ports, run } = await searching({ hold: aHold() });
    const offering = { instanceType: 'c6i.large', zone: 'us-east-1a', market: 'on-demand' } as const;
    ports.capacity.acquire = async () => {
      const launch = { jobId: job.jobId, attempt: 1, ordinal: 1, pool: 'workers', count: 2, minimum: 2, market: 'on-demand', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 'token', clustered: true } as const;
      await ports.attempts.openLaunch({ ...launch, requestedAtMs: ports.clock.now(), result: { launched: [], unavailable: [{ offering, code: 'PlacementGroupLimitExceeded', message: 'no more' }] } });
      return { kind: 'short', shortfall: 2, untilMs: epochMs(0), cooldowns: [], byClock: true, launches: 1 };
    };
    expect(await run()).toMatchObject({ reason: { message: '2 nodes short after 1 launch calls (PlacementGroupLimitExceeded).' } });
  });

  it('tells of the launches of a run that died, and not of those of the turn before', async () => {
    const { job, ports, run } = await searching({ hold: aHold({ sinceMs: epochMs(1_000) }) });
    const launch = { jobId: job.jobId, attempt: 1, pool: 'workers', count: 2, minimum: 2, market: 'on-demand', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 'token', clustered: true } as const;
    const rejected = { code: 'NoLaunchTemplate', message: 'none' };
    await ports.attempts.openLaunch({ ...launch, ordinal: 1, requestedAtMs: epochMs(999), result: { launched: [], unavailable: [] } });
    await ports.attempts.openLaunch({ ...launch, ordinal: 2, requestedAtMs: epochMs(1_000), result: { launched: [], unavailable: [], rejected } });
    ports.capacity.acquire = async () => ({ kind: 'rejected', ...rejected });
    await run();
    const { items } = await ports.jobs.events(job.jobId, 100);
    expect(items.map(({ type, data }) => [type, data])).toEqual([['LaunchTried', { launches: [expect.objectContaining({ ordinal: 2, refused: 'NoLaunchTemplate' })] }]]);
  });

  it('ends when the launch is refused, or what it brought does not go', async () => {
    expect(await answerTo({ kind: 'rejected', code: 'AccessDenied', message: 'no' })).toMatchObject({ kind: 'rejected' });
    expect(await answerTo({ kind: 'leaked', remaining: 1 })).toMatchObject({ kind: 'leaked' });
  });
});

describe('a job that holds no limits', () => {
  it('gets no machines: it waits for its turn, which may be now', async () => {
    const { ports, run } = await searching({ parked: true });
    expect(await run()).toMatchObject({ kind: 'short', untilMs: ports.clock.now() });
    expect(ports.capacity.machines.launches).toEqual([]);
  });

  it('ends if it is to be cancelled', async () => {
    const { run } = await searching({ parked: true, cancelRequestedBy: 'ada' });
    expect(await run()).toMatchObject({ kind: 'cancelled' });
  });

  it('is one that holds none in truth, not as a cheap read shows it', async () => {
    const hold = aHold({ quotas: { 'Standard/on-demand': 8 } });
    const { job, ports, run } = await searching({ hold });
    const { hold: _hold, ...before } = job;
    ports.jobs.peek = async () => before;
    const asked: GangRequest[] = [];
    ports.capacity.acquire = async (gang) => {
      asked.push(gang);
      return { kind: 'acquired', nodes: [], launches: 1 };
    };
    expect(await run()).toMatchObject({ kind: 'acquired' });
    expect(asked).toMatchObject([{ quotas: hold.quotas }]);
  });
});
