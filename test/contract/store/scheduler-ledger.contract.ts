import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { epochMs, microUsd } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { admit, giveTurn } from '../../../core/lifecycle/admit.ts';
import type { LimitRelease } from '../../../core/lifecycle/change.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { requestCancel, setPriority } from '../../../core/lifecycle/request.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import type { ShareUse } from '../../../core/scheduling/snapshot.ts';
import { sumOfChanges } from '../../../core/scheduling/use-change.ts';
import { rebased, usageAt, usageBase, usageBetween } from '../../../core/scheduling/usage.ts';
import { aDemand } from '../../builders/scheduling.ts';
import { admitted, after, base, grant, idOf, leased, parked, queued, stored, submitted } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const HOUR_MS = 3_600_000;
const quotas = { 'Standard/spot': 8, 'G and VT/on-demand': 4 } as const;

/** What a leaf is to hold, by how many jobs and nodes of the sensible demand. */
const holding = (runningJobs: number, nodes: number, fields: Partial<ShareUse> = {}): object => ({
  namespace: 'research', user: 'ada', runningJobs, nodes, vcpus: nodes * 4, gpus: 0, microUsdPerHour: nodes * 200_000, quotas: {}, ...fields,
});

export function schedulerLedgerContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  let lease: Lease;
  beforeEach(async () => {
    world = await newWorld();
    lease = await leased(world);
  });

  const uses = async (): Promise<readonly ShareUse[]> => (await world.scheduler.overview()).uses;
  const releases = async (): Promise<readonly LimitRelease[]> => (await world.scheduler.overview()).releases;
  const count = (notes: readonly LimitRelease[]): Promise<void> => world.scheduler.applyReleases(lease, notes, base);

  async function end(job: Job, atMs: number, costMicroUsd: number): Promise<void> {
    const attempt = await world.jobs.attempt(job.jobId, job.attempt);
    if (attempt === undefined) throw new Error('it was never admitted');
    const change = enter(job, { ...attempt, costMicroUsd: microUsd(costMicroUsd) }, ['PROVISIONING_FAILED'], { kind: 'timedOut' }, epochMs(atMs));
    if (change !== undefined) await world.jobs.commit(change);
  }

  describe('a grant', () => {
    it('admits a job and counts what it takes', async () => {
      const job = await submitted(world, 1, { demand: aDemand({ nodes: 5 }) });
      const change = admit(job, quotas, after(1_000));
      expect(await grant(world, lease, [change])).toEqual([job.jobId]);
      expect(await world.jobs.get(job.jobId)).toEqual(change.after);
      expect(await world.jobs.attempt(job.jobId, 1)).toEqual(change.attempt);
      expect(await queued(world)).toEqual([]);
      expect(await uses()).toEqual([expect.objectContaining({ ...holding(1, 5, { quotas }), ...base })]);
    });

    it('admits more jobs than a transaction takes, of several users', async () => {
      const jobs = await Promise.all(Array.from({ length: 60 }, (_, n) => submitted(world, n, { user: `user-${n % 3}`, demand: aDemand({ nodes: 2 }) })));
      const granted = await grant(world, lease, jobs.map((job) => admit(job, { 'P/spot': 3 }, after(1_000))));
      expect(granted).toEqual(jobs.map((job) => job.jobId));
      expect(await uses()).toMatchObject([0, 1, 2].map((n) => holding(20, 40, { user: `user-${n}`, quotas: { 'P/spot': 60 } })));
      expect((await world.scheduler.overview()).lanes.map(({ pending }) => pending)).toEqual([0, 0, 0]);
    });

    it('leaves out a job that has changed, and counts only the others', async () => {
      const jobs = await Promise.all([1, 2, 3, 4].map((n) => submitted(world, n, { demand: aDemand() })));
      const decided = jobs.map((job) => admit(job, {}, after(1_000)));
      const changes = [setPriority(jobs[1] as Job, 7, 'ada', after(500)), requestCancel(jobs[3] as Job, 'ada', after(500))];
      await Promise.all(changes.filter((change) => change !== 'already').map((change) => world.jobs.commit(change)));
      expect(await grant(world, lease, decided)).toEqual([idOf(1), idOf(3)]);
      expect(await uses()).toMatchObject([holding(2, 2)]);
      expect((await world.scheduler.overview()).lanes).toMatchObject([{ pending: 1 }]);
      expect((await stored(world, idOf(2))).state).toBe('PENDING');
      expect(await world.jobs.attempts(idOf(2))).toEqual([]);
    });

    it('is made once', async () => {
      const change = admit(await submitted(world, 1, { demand: aDemand() }), {}, after(1_000));
      await grant(world, lease, [change]);
      expect(await grant(world, lease, [change])).toEqual([]);
      expect(await uses()).toMatchObject([holding(1, 1)]);
      expect((await world.scheduler.overview()).lanes).toMatchObject([{ pending: 0 }]);
    });

    it('gives a parked job its turn, with limits taken again', async () => {
      const { after: waiting } = await parked(world, await admitted(world, lease, 1, { demand: aDemand({ nodes: 2 }) }, quotas));
      await count(await releases());
      expect(await uses()).toMatchObject([holding(0, 0, { quotas: { 'Standard/spot': 0, 'G and VT/on-demand': 0 } })]);
      await world.jobs.recordExecution(waiting.jobId, 1, 'arn:execution');
      const [entry] = (await world.scheduler.overview()).parked;
      if (entry === undefined) throw new Error('it is not parked');
      const turn = giveTurn(waiting, entry, { 'Standard/spot': 8 }, after(60_000));
      expect(await grant(world, lease, [turn])).toEqual([waiting.jobId]);
      expect(await world.jobs.parked(waiting.jobId)).toEqual({ ...entry, hold: turn.after.hold });
      expect(await uses()).toMatchObject([holding(1, 2, { quotas: { 'Standard/spot': 8, 'G and VT/on-demand': 0 } })]);
      expect(await world.jobs.get(waiting.jobId)).toEqual(turn.after);
      const attempt = await world.jobs.attempt(waiting.jobId, 1);
      expect(attempt?.hold).toEqual(turn.after.hold);
      expect(attempt).toMatchObject({ admittedAtMs: waiting.admittedAtMs, executionArn: 'arn:execution', active: true });
    });
  });

  describe('a release', () => {
    it('is counted once, however often it is applied', async () => {
      const jobs = await Promise.all([1, 2, 3].map((n) => admitted(world, lease, n, { demand: aDemand({ nodes: n }) })));
      await Promise.all(jobs.slice(1).map((job) => parked(world, job)));
      const notes = await releases();
      expect(notes.map((note) => note.jobId).toSorted()).toEqual([idOf(2), idOf(3)]);
      await count(notes.slice(0, 1));
      await count(notes);
      await count(notes);
      expect(await uses()).toMatchObject([holding(1, 1)]);
      expect(await releases()).toEqual([]);
    });

    it('is one of very many: they are counted all the same', async () => {
      const jobs = await Promise.all(Array.from({ length: 120 }, (_, n) => submitted(world, n, { user: `user-${n % 30}`, demand: aDemand() })));
      await grant(world, lease, jobs.map((job) => admit(job, {}, after(1_000))));
      await Promise.all(jobs.map(async (job) => parked(world, await stored(world, job.jobId))));
      await count(await releases());
      expect((await uses()).map(({ runningJobs }) => runningJobs)).toEqual(Array.from({ length: 30 }, () => 0));
    });
  });

  describe('usage', () => {
    const hour = fc.integer({ min: 1, max: 400 });
    const run = fc.record({ startHour: hour, hours: hour, nodes: fc.integer({ min: 1, max: 300 }), cost: fc.nat({ max: 50_000_000 }), ends: fc.boolean() });

    it('adds up to what was spent and to what runs, each hour weighted by how long ago it is', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), async (runs) => {
          world = await newWorld();
          lease = await leased(world);
          for (const [n, { startHour, nodes }] of runs.entries()) {
            const job = await submitted(world, n, { demand: aDemand({ nodes }) });
            await grant(world, lease, [admit(job, {}, after(startHour * HOUR_MS))]);
          }
          for (const [n, { startHour, hours, cost, ends }] of runs.entries()) {
            if (ends) await end(await stored(world, idOf(n)), after((startHour + hours) * HOUR_MS), cost);
          }
          await count(await releases());
          const atMs = after(1_000 * HOUR_MS);
          const spent = runs.map(({ startHour, hours, nodes, cost, ends }) => {
            const rate = ends ? cost / hours : nodes * 200_000;
            return usageBetween(rate, after(startHour * HOUR_MS), ends ? after((startHour + hours) * HOUR_MS) : atMs, base);
          });
          const [use] = await uses();
          const scale = usageBetween(1_200 * 200_000, base.landmarkMs, atMs, base);
          expect(Math.abs((use === undefined ? 0 : usageAt(use, atMs, base)) - spent.reduce((a, b) => a + b, 0))).toBeLessThan(scale * 1e-9);
        }),
        { numRuns: 5, seed: 11 },
      );
    });

    it('survives numbers that have outgrown what a number holds exactly', async () => {
      const late = usageBase(epochMs(base.landmarkMs + 63 * base.halfLifeMs), base.halfLifeMs);
      const atMs = epochMs(base.landmarkMs + 63 * base.halfLifeMs);
      const job = await submitted(world, 1, { demand: aDemand({ nodes: 5_000 }) });
      await world.scheduler.grant(lease, [admit(job, {}, atMs)], [], late);
      await end(await stored(world, job.jobId), atMs + HOUR_MS, 1_000_000_000);
      await world.scheduler.applyReleases(lease, await releases(), late);
      const [use] = await uses();
      if (use === undefined) throw new Error('nothing is counted');
      const spent = usageBetween(1_000_000_000, atMs, atMs + HOUR_MS, late);
      expect(Math.abs(usageAt(use, epochMs(atMs + HOUR_MS), late) / spent - 1)).toBeLessThan(1e-6);
    });

    it('is kept against another base from when it is replaced', async () => {
      await admitted(world, lease, 1, { demand: aDemand() });
      const next = usageBase(after(HOUR_MS), HOUR_MS);
      const replaced = rebased(await uses(), after(HOUR_MS), next);
      await world.scheduler.replaceUses(lease, replaced);
      expect(await uses()).toEqual(replaced.map((use) => ({ ...use, usage: Math.round(use.usage) })));
      await world.scheduler.grant(lease, [admit(await submitted(world, 2, { demand: aDemand() }), {}, after(HOUR_MS))], [], next);
      expect(await uses()).toMatchObject([{ ...holding(2, 2), ...next }]);
    });
  });

  it('forgets leaves, more than a transaction takes, and counts anew for one of them', async () => {
    const leaves = Array.from({ length: 120 }, (_, n) => ({ namespace: 'research', user: `user-${n}` }));
    await world.scheduler.replaceUses(lease, leaves.map((leaf): ShareUse => ({ ...leaf, ...sumOfChanges([]), ...base })));
    await admitted(world, lease, 1, { demand: aDemand() });
    await world.scheduler.forgetUses(lease, leaves);
    expect(await uses()).toMatchObject([holding(1, 1)]);
    await admitted(world, lease, 2, { user: 'user-7', demand: aDemand({ nodes: 3 }) });
    expect(await uses()).toMatchObject([holding(1, 1), holding(1, 3, { user: 'user-7' })]);
  });

  it('replaces the counters of more leaves than a transaction takes', async () => {
    const all = Array.from({ length: 150 }, (_, n): ShareUse => ({
      namespace: 'research', user: `user-${String(n).padStart(3, '0')}`, runningJobs: n, nodes: n, vcpus: n, gpus: 0, microUsdPerHour: microUsd(n), quotas: {}, usage: n, ...base,
    }));
    await world.scheduler.replaceUses(lease, all);
    expect(await uses()).toEqual(all);
  });
}
