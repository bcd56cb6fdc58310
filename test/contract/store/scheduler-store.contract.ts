import { beforeEach, describe, expect, it } from '@jest/globals';
import { microUsd } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { admit, giveTurn, park } from '../../../core/lifecycle/admit.ts';
import { requestCancel, setPriority } from '../../../core/lifecycle/request.ts';
import { admitted, after, idOf, leased, stored, submitted, t0 } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const HOUR_MS = 3_600_000;
const demand = (nodes: number) => ({ nodes, vcpus: nodes * 4, gpus: 0, microUsdPerHour: microUsd(nodes * 200_000) });
const used = (namespace: string, runningJobs: number, nodes: number) => ({ namespace, runningJobs, nodes, microUsdPerHour: nodes * 200_000 });

export function schedulerStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('SchedulerStore lease', () => {
    it('is one scheduler’s at a time, and its epoch grows', async () => {
      const first = await leased(world);
      expect(await world.scheduler.takeLease('b', after(59_999), 60_000)).toBeUndefined();
      const second = await world.scheduler.takeLease('b', after(60_000), 60_000);
      expect(second).toEqual({ owner: 'b', epoch: first.epoch + 1, expiresAtMs: after(120_000) });
    });

    it('goes to one of many who ask at once', async () => {
      const asked = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => world.scheduler.takeLease(owner, t0, 60_000)));
      expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    it('can be renewed and given back', async () => {
      const renewed = await world.scheduler.renewLease(await leased(world), after(50_000), 60_000);
      expect(renewed.expiresAtMs).toBe(after(110_000));
      expect(await world.scheduler.takeLease('b', after(100_000), 60_000)).toBeUndefined();
      expect(await world.scheduler.dropLease(renewed)).toEqual({ dirty: false });
      expect(await world.scheduler.takeLease('b', after(100_000), 60_000)).toMatchObject({ epoch: renewed.epoch + 1 });
    });

    it('tells its holder that somebody came by', async () => {
      const lease = await leased(world);
      await world.scheduler.markDirty();
      expect(await world.scheduler.dropLease(lease)).toEqual({ dirty: true });
      const next = await leased(world);
      expect(await world.scheduler.dropLease(next)).toEqual({ dirty: false });
    });

    it('stops every write of whoever lost it', async () => {
      const job = await submitted(world, 1);
      const lost = await leased(world);
      await world.scheduler.takeLease('b', after(60_000), 60_000);
      await world.scheduler.markDirty();
      const note = { jobId: job.jobId, namespace: 'research', attempt: 1, demand: job.demand, cause: 3 };
      const writes = [
        () => world.scheduler.renewLease(lost, after(60_001), 60_000),
        () => world.scheduler.dropLease(lost),
        () => world.scheduler.grant(lost, [admit(job, after(1_000))]),
        () => world.scheduler.applyReleases(lost, [note]),
        () => world.scheduler.reportWaiting(lost, { atMs: t0, byNamespace: {} }),
      ];
      const results = await Promise.allSettled(writes.map((write) => write()));
      expect(results.map((result) => (result.status === 'rejected' ? result.reason.name : 'went through'))).toEqual(writes.map(() => 'LeaseLostError'));
      expect(await world.jobs.get(job.jobId)).toEqual(job);
      expect(await world.scheduler.uses()).toEqual([]);
    });
  });

  describe('SchedulerStore snapshot', () => {
    it('holds the best entries of each leaf, in the order of the queue', async () => {
      await submitted(world, 3, { priority: 500 });
      await submitted(world, 1, { priority: 0 });
      await submitted(world, 2, { priority: 500 });
      await submitted(world, 4, { priority: 1_000 });
      await submitted(world, 5, { namespace: 'other' });
      const { queues } = await world.scheduler.snapshot(3, after(10));
      expect(queues.map(({ namespace, entries }) => [namespace, entries.map((entry) => entry.jobId)])).toEqual([
        ['other', [idOf(5)]],
        ['research', [idOf(4), idOf(2), idOf(3)]],
      ]);
    });

    it('breaks ties by the id', async () => {
      const sameTime = { submittedAtMs: t0 };
      await submitted(world, 2, sameTime);
      await submitted(world, 1, sameTime);
      const { queues } = await world.scheduler.snapshot(10, t0);
      expect(queues[0]?.entries.map((entry) => entry.jobId)).toEqual([idOf(1), idOf(2)]);
    });

    it('goes on seeing a leaf however long its jobs wait, and again after it was empty for long', async () => {
      const job = await submitted(world, 1);
      const seen = async (hours: number): Promise<number> => (await world.scheduler.snapshot(10, after(hours * HOUR_MS))).queues.length;
      expect(await seen(0)).toBe(1);
      expect(await seen(100)).toBe(1);
      const cancel = requestCancel(job, 'ada', after(100 * HOUR_MS));
      if (cancel === 'already') throw new Error('it was not cancelled yet');
      await world.jobs.commit(cancel);
      expect(await seen(101)).toBe(0);
      await submitted(world, 2, { submittedAtMs: after(102 * HOUR_MS) });
      expect(await seen(102)).toBe(1);
    });
  });

  describe('SchedulerStore grants', () => {
    it('admits a job and counts what it takes', async () => {
      const lease = await leased(world);
      const job = await submitted(world, 1, { demand: demand(5) });
      const change = admit(job, after(1_000));
      expect(await world.scheduler.grant(lease, [change])).toEqual([job.jobId]);
      expect(await world.jobs.get(job.jobId)).toEqual(change.after);
      expect(await world.jobs.attempt(job.jobId, 1)).toEqual(change.attempt);
      const { queues, uses } = await world.scheduler.snapshot(10, after(1_000));
      expect({ queues, uses }).toEqual({ queues: [], uses: [used('research', 1, 5)] });
    });

    it('admits more jobs than a transaction takes, of several namespaces', async () => {
      const lease = await leased(world);
      const jobs = await Promise.all(Array.from({ length: 60 }, (_, n) => submitted(world, n, { namespace: `team-${n % 3}`, demand: demand(2) })));
      const granted = await world.scheduler.grant(lease, jobs.map((job) => admit(job, after(1_000))));
      expect(granted).toEqual(jobs.map((job) => job.jobId));
      expect(await world.scheduler.uses()).toEqual([0, 1, 2].map((n) => used(`team-${n}`, 20, 40)));
    });

    it('leaves out a job that has changed, and counts only the others', async () => {
      const lease = await leased(world);
      const jobs = await Promise.all([1, 2, 3, 4].map((n) => submitted(world, n, { demand: demand(1) })));
      const decided = jobs.map((job) => admit(job, after(1_000)));
      const changes = [setPriority(jobs[1] as Job, 7, 'ada', after(500)), requestCancel(jobs[3] as Job, 'ada', after(500))];
      await Promise.all(changes.filter((change) => change !== 'already').map((change) => world.jobs.commit(change)));
      expect(await world.scheduler.grant(lease, decided)).toEqual([idOf(1), idOf(3)]);
      expect(await world.scheduler.uses()).toEqual([used('research', 2, 2)]);
      expect((await stored(world, idOf(2))).state).toBe('PENDING');
      expect(await world.jobs.attempts(idOf(2))).toEqual([]);
    });

    it('grants nothing twice', async () => {
      const lease = await leased(world);
      const change = admit(await submitted(world, 1, { demand: demand(1) }), after(1_000));
      await world.scheduler.grant(lease, [change]);
      expect(await world.scheduler.grant(lease, [change])).toEqual([]);
      expect(await world.scheduler.uses()).toEqual([used('research', 1, 1)]);
    });

    it('gives a parked job its turn, with limits taken again', async () => {
      const lease = await leased(world);
      const job = await admitted(world, lease, 1, { demand: demand(2) });
      const parking = park(job, 'token', after(60_000), 'no capacity', after(2_000));
      await world.jobs.commit(parking);
      await world.scheduler.applyReleases(lease, await world.scheduler.releases(10));
      expect(await world.scheduler.uses()).toEqual([used('research', 0, 0)]);
      const [entry] = (await world.scheduler.snapshot(10, t0)).parked;
      if (entry === undefined) throw new Error('it is not parked');
      expect(await world.scheduler.grant(lease, [giveTurn(parking.after, entry, after(60_000))])).toEqual([job.jobId]);
      expect(await world.jobs.parked(job.jobId)).toEqual({ ...entry, turnGivenAtMs: after(60_000) });
      expect(await world.scheduler.uses()).toEqual([used('research', 1, 2)]);
      expect(await world.jobs.get(job.jobId)).toMatchObject({ holdsLimits: true });
    });
  });

  describe('SchedulerStore releases', () => {
    it('counts each release once, however often it is applied', async () => {
      const lease = await leased(world);
      const jobs = await Promise.all([1, 2, 3].map((n) => admitted(world, lease, n, { demand: demand(n) })));
      await Promise.all(jobs.slice(1).map((job) => world.jobs.commit(park(job, 'token', after(60_000), 'no capacity', after(2_000)))));
      const notes = await world.scheduler.releases(10);
      expect(notes.map((note) => note.jobId).sort()).toEqual([idOf(2), idOf(3)]);
      await world.scheduler.applyReleases(lease, notes.slice(0, 1));
      await world.scheduler.applyReleases(lease, notes);
      await world.scheduler.applyReleases(lease, notes);
      expect(await world.scheduler.uses()).toEqual([used('research', 1, 1)]);
      expect(await world.scheduler.releases(10)).toEqual([]);
    });

    it('answers no more notes than asked for', async () => {
      const lease = await leased(world);
      const jobs = await Promise.all([1, 2, 3].map((n) => admitted(world, lease, n)));
      await Promise.all(jobs.map((job) => world.jobs.commit(park(job, 'token', after(60_000), 'no capacity', after(2_000)))));
      expect(await world.scheduler.releases(2)).toHaveLength(2);
    });
  });

  describe('SchedulerStore waiting report', () => {
    it('is the last one written', async () => {
      const lease = await leased(world);
      expect(await world.scheduler.waitingReport()).toBeUndefined();
      const report = { atMs: after(1), byNamespace: { research: { code: 'LimitReached', message: 'The limit of running jobs is reached.' } } };
      await world.scheduler.reportWaiting(lease, { atMs: t0, byNamespace: {} });
      await world.scheduler.reportWaiting(lease, report);
      expect(await world.scheduler.waitingReport()).toEqual(report);
    });
  });
}
