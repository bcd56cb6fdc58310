import { describe, expect, it } from '@jest/globals';
import { epochMs, type JobId } from '../../../core/job/ids.ts';
import { park } from '../../../core/lifecycle/admit.ts';
import { capacityDeadline } from '../../../core/lifecycle/time-over.ts';
import { back, failed, fields, MINUTE_MS, TIMEOUT_MS } from './lack-of-capacity.ts';
import { SchedulerWorld } from './scheduler-world.ts';

const states = (world: SchedulerWorld, ids: readonly JobId[]): readonly string[] => ids.map((id) => world.job(id).state);

describe('jobs that want what is not to be had', () => {
  it('all hear so when their time is over, not one after the other', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 1000;
    await failed(world, 30_000);
    const ids: JobId[] = [];
    for (let n = 0; n < 250; n += 1) ids.push(await world.submit(`job${n}`, { user: `user${n % 3}` }, fields));
    const firstMs = world.clock.now();
    let asked = 0;
    // Whoever seeks finds nothing, while the scheduler waits for what it finds.
    world.meanwhile = async () => {
      for (const job of [...world.table.jobs.values()].filter(({ hold }) => hold !== undefined)) {
        asked += 1;
        await failed(world, 5 * MINUTE_MS);
        await world.jobs.commit(park(job, `token of ${job.jobId}`, epochMs(world.clock.now() + 5 * MINUTE_MS), 'There is none.', world.clock.now()));
      }
    };
    while (world.clock.now() < firstMs + TIMEOUT_MS + MINUTE_MS) {
      await world.schedule();
      await world.meanwhile();
      world.clock.advance(MINUTE_MS);
    }
    const parked = ids.map((id) => world.job(id)).filter(({ state }) => state === 'ACQUIRING_CAPACITY');
    expect(asked).toBeLessThan(20);
    expect(parked.length).toBeLessThan(20);
    // Who asks for the others late has the time of a turn.
    for (const job of parked) expect(capacityDeadline(job) - firstMs).toBeLessThanOrEqual(TIMEOUT_MS + 5 * MINUTE_MS);
    const ended = ids.map((id) => world.job(id)).filter(({ state }) => state === 'DONE');
    expect(ended).toHaveLength(ids.length - parked.length);
    for (const { outcome, reason } of ended) expect([outcome, reason]).toEqual(['NO_CAPACITY', { code: 'CapacityTimeout', message: expect.stringContaining('offering/m6i.xlarge/us-east-1a/on-demand') }]);
    expect(world.table.queue.size).toBe(0);
    expect([...world.table.lanes.values()].every(({ pending }) => pending === 0)).toBe(true);
  });

  it('cost nothing but a note when they begin to wait, and one when they wait no more', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    let notes = 0;
    world.gate = (call) => {
      if (call === 'store.noteLanes') notes += 1;
      return undefined;
    };
    await failed(world, 5 * MINUTE_MS);
    const ids = [await world.submit('a', {}, fields), await world.submit('b', {}, fields)];
    for (let minute = 0; minute < 4; minute += 1, world.clock.advance(MINUTE_MS)) await world.schedule();
    expect([notes, states(world, ids)]).toEqual([1, ['PENDING', 'PENDING']]);
    back(world);
    expect(await world.schedule()).toMatchObject({ admitted: 2, givenUp: 0 });
    expect(notes).toBe(2);
    for (const id of ids) expect(capacityDeadline(world.job(id)) - world.clock.now()).toBe(TIMEOUT_MS - 4 * MINUTE_MS);
  });

  it.each([1000, 2, 1])('hear so together where there is room for %d: who asks for all does not take the others’ time', async (most) => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = most;
    await failed(world, 30_000);
    const ids: JobId[] = [];
    for (let n = 0; n < 6; n += 1) ids.push(await world.submit(`job${n}`, { user: `user${n % 2}` }, fields));
    const firstMs = world.clock.now();
    const asking = new Set<JobId>();
    world.meanwhile = async () => {
      for (const job of [...world.table.jobs.values()].filter(({ hold }) => hold !== undefined)) {
        // The scheduler looks while it asks, too.
        if (!asking.has(job.jobId)) {
          asking.add(job.jobId);
          continue;
        }
        await failed(world, 5 * MINUTE_MS);
        await world.jobs.commit(park(job, `token of ${job.jobId}`, epochMs(world.clock.now() + 5 * MINUTE_MS), 'There is none.', world.clock.now()));
      }
    };
    while (world.clock.now() < firstMs + TIMEOUT_MS + MINUTE_MS) {
      await world.schedule();
      await world.meanwhile();
      world.clock.advance(MINUTE_MS);
    }
    for (const job of ids.map((id) => world.job(id))) {
      if (job.state === 'ACQUIRING_CAPACITY') expect(capacityDeadline(job) - firstMs).toBeLessThanOrEqual(TIMEOUT_MS + 5 * MINUTE_MS);
      else expect(job).toMatchObject({ state: 'DONE', outcome: 'NO_CAPACITY' });
    }
    expect(states(world, ids).filter((state) => state === 'DONE').length).toBeGreaterThanOrEqual(4);
  });

  it('cost two writes, however many they are, when a job for which there is capacity fills the deployment and ends', async () => {
    const world = new SchedulerWorld();
    let [lanes, places] = [0, 0];
    world.gate = (call, values) => {
      if (call === 'store.noteLanes' && Array.isArray(values[1])) lanes += values[1].length;
      if (call === 'store.noteRoom') places += 1;
      return undefined;
    };
    await failed(world, 100 * 3_600_000, 'SpotReclaimed');
    for (let n = 0; n < 50; n += 1) await world.submit(`held${n}`, { user: `user${n}` }, { capacityTimeoutSeconds: 3 * 3600 });
    await world.schedule();
    expect([lanes, places]).toEqual([50, 0]);
    for (let n = 0; n < 5; n += 1) {
      const id = await world.submit(`passes${n}`, { user: 'zoe', types: ['c5.large'] });
      await world.schedule();
      expect(world.holding()).toEqual([id]);
      await world.configure(id);
      world.clock.advance(MINUTE_MS);
      await world.schedule();
      await world.end(id);
      world.clock.advance(MINUTE_MS);
      await world.schedule();
    }
    expect([lanes, places]).toEqual([50, 10]);
    // They begin anew when there is room again.
    world.clock.advance(3 * 3_600_000 - MINUTE_MS);
    expect(await world.schedule()).toMatchObject({ givenUp: 0 });
    world.clock.advance(MINUTE_MS);
    expect(await world.schedule()).toMatchObject({ givenUp: 50 });
  });

  it('leave a lane one after the other, since each changes its count', async () => {
    const world = new SchedulerWorld();
    await failed(world, 3_600_000, 'SpotReclaimed');
    const ids: JobId[] = [];
    for (let n = 0; n < 30; n += 1) ids.push(await world.submit(`job${n}`, { user: `user${n % 3}` }, fields));
    await world.schedule();
    world.clock.advance(TIMEOUT_MS);
    const ports = world.ports();
    const [busy, most] = [new Map<string, number>(), new Set<number>()];
    const { commit } = world.jobs;
    world.jobs.commit = async (change) => {
      const { user } = change.before;
      busy.set(user, (busy.get(user) ?? 0) + 1);
      most.add(busy.get(user) ?? 0);
      await new Promise(setImmediate);
      await commit.call(world.jobs, change);
      busy.set(user, (busy.get(user) ?? 0) - 1);
    };
    expect(await world.schedule('me', ports)).toMatchObject({ givenUp: 30 });
    expect([...most]).toEqual([1]);
    expect(new Set(states(world, ids))).toEqual(new Set(['DONE']));
  });

  it('count from their admission where their entries are of an earlier release', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    await failed(world, 9 * MINUTE_MS);
    const [old, young] = [await world.submit('old', {}, fields), await world.submit('young', {}, fields)];
    for (const { timeoutSeconds: _none, ...entry } of [...world.table.queue.values()].filter((each) => each.jobId === old)) world.table.queue.set(old, entry);
    await world.schedule();
    world.clock.advance(9 * MINUTE_MS);
    back(world);
    expect(await world.schedule()).toMatchObject({ admitted: 2 });
    expect(capacityDeadline(world.job(old)) - world.clock.now()).toBe(TIMEOUT_MS);
    expect(capacityDeadline(world.job(young)) - world.clock.now()).toBe(5 * MINUTE_MS);
  });

  it('have their whole time again in the next attempt', async () => {
    const world = new SchedulerWorld();
    await failed(world, 3_600_000, 'SpotReclaimed');
    const id = await world.submit('a', {}, { ...fields, retry: { maxAttempts: 2, on: ['NO_CAPACITY'] } });
    const run = async (ms: number): Promise<void> => {
      await world.schedule();
      world.clock.advance(ms);
      await world.schedule();
    };
    await run(TIMEOUT_MS);
    expect(world.job(id)).toMatchObject({ state: 'PENDING', attempt: 2 });
    await run(TIMEOUT_MS - MINUTE_MS);
    expect(world.job(id)).toMatchObject({ state: 'PENDING', attempt: 2 });
    await run(MINUTE_MS);
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'NO_CAPACITY', attempt: 2 });
  });

  it('are not given up when they were cancelled in the same moment', async () => {
    const world = new SchedulerWorld();
    await failed(world, 3_600_000, 'SpotReclaimed');
    const id = await world.submit('a', {}, fields);
    await world.schedule();
    world.clock.advance(TIMEOUT_MS);
    const { window } = world.store;
    world.store.window = async (...asked) => {
      const found = await window.apply(world.store, asked);
      const job = world.job(id);
      if (job.state === 'PENDING') world.table.jobs.set(id, { ...job, state: 'DONE', outcome: 'CANCELLED', revision: job.revision + 1 });
      return found;
    };
    expect(await world.schedule()).toMatchObject({ givenUp: 0 });
    expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
  });
});
