import { describe, expect, it } from '@jest/globals';
import { epochMs, jobId } from '../../../core/job/ids.ts';
import { park } from '../../../core/lifecycle/admit.ts';
import { usageBase } from '../../../core/scheduling/usage.ts';
import { readHolders } from '../../../lambdas/queue/read-holders.ts';
import { defaultShareTree } from '../../../core/shares/share-tree.ts';
import { SchedulerWorld } from './scheduler-world.ts';

const HOUR_MS = 3_600_000;

describe('the lease', () => {
  it('is looked for once more after the mark: its holder may just have left', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    const held = await world.store.takeLease('other', world.clock.now(), 30_000);
    const { markDirty } = world.store;
    world.store.markDirty = async () => {
      if (held !== undefined) await world.store.dropLease(held);
      await markDirty.call(world.store);
    };
    expect(await world.schedule()).toMatchObject({ held: true, admitted: 1 });
  });

  it('is left to whoever holds it, with a mark', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    await world.store.takeLease('other', world.clock.now(), 30_000);
    expect(await world.schedule()).toMatchObject({ held: false, cycles: 0 });
    expect(world.table).toMatchObject({ dirty: true, lease: { owner: 'other' } });
  });

  it('is looked after by its holder: a mark set while it drops the lease gets a cycle', async () => {
    const world = new SchedulerWorld();
    const { dropLease } = world.store;
    let dropped = 0;
    world.store.dropLease = async (lease) => {
      if ((dropped += 1) === 1) {
        await world.submit('a');
        await world.store.markDirty();
      }
      return dropLease.call(world.store, lease);
    };
    expect(await world.schedule()).toMatchObject({ held: true, admitted: 1 });
  });

  it('is given back by a cycle that fails, and the failure is told', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    world.gate = (call) => (call === 'executions.start' ? 'before' : undefined);
    await expect(world.schedule()).rejects.toMatchObject({ message: '1 of 1 jobs could not be told to start.', details: { jobIds: ['a'] } });
    expect(await world.schedule('another')).toMatchObject({ held: true });
  });

  it('is given back when time is over, and what is left to do wakes the next', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    world.apply({ maxLaunchesInFlight: 1 });
    const ids = [await world.submit('a'), await world.submit('b')] as const;
    let looks = 0;
    expect(await world.schedule('me', world.ports(), () => (looks += 1) <= 1)).toMatchObject({ cycles: 1, admitted: 1 });
    expect(world.table).toMatchObject({ wokenAtMs: world.clock.now(), lease: { expiresAtMs: 0 } });
    await world.configure(ids[0]);
    expect(await world.schedule('another')).toMatchObject({ admitted: 1 });
  });

  it('is given back without waking anybody where nothing is left to do, in time or not', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    let looks = 0;
    expect(await world.schedule('me', world.ports(), () => (looks += 1) <= 1)).toMatchObject({ cycles: 1, admitted: 1 });
    expect(world.table.wokenAtMs).toBeUndefined();
  });

  it('marked by somebody whom its holder has no time for wakes the next', async () => {
    const world = new SchedulerWorld();
    const { dropLease } = world.store;
    world.store.dropLease = async (lease) => {
      await world.store.markDirty();
      return dropLease.call(world.store, lease);
    };
    let looks = 0;
    await world.schedule('me', world.ports(), () => (looks += 1) <= 1);
    expect(world.table.wokenAtMs).toBe(world.clock.now());
  });

  it('lost to another scheduler ends the work without harm', async () => {
    const world = new SchedulerWorld();
    const id = await world.submit('a');
    const { grant } = world.store;
    world.store.grant = async (...values) => {
      world.clock.advance(60_000);
      await world.store.takeLease('other', world.clock.now(), 30_000);
      return grant.apply(world.store, values);
    };
    expect(await world.schedule()).toMatchObject({ admitted: 0 });
    expect(world.job(id)).toMatchObject({ state: 'PENDING' });
  });

  it('is renewed by work that lasts, and given back when time is over', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 1000;
    world.apply({ maxLaunchesInFlight: 1000 });
    for (let n = 0; n < 250; n += 1) await world.submit(`job-${n}`);
    const { overview } = world.store;
    world.store.overview = async () => {
      world.clock.advance(20_000);
      return overview.call(world.store);
    };
    let cycles = 0;
    expect(await world.schedule('me', world.ports(), () => (cycles += 1) <= 2)).toMatchObject({ admitted: 200, cycles: 2 });
    expect(await world.schedule('next')).toMatchObject({ admitted: 50 });
  });
});

describe('a cycle', () => {
  it('admits within the limits and leaves the rest in the queue', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    const second = await world.submit('b');
    expect(await world.schedule()).toMatchObject({ admitted: 1, cycles: 1 });
    expect(world.started).toEqual(['a']);
    expect(world.job(second)).toMatchObject({ state: 'PENDING' });
    expect([...world.table.uses.values()]).toMatchObject([{ runningJobs: 1, nodes: 1, vcpus: 4 }]);
  });

  it('forgets who used something so long ago that it counts for nothing, and not who has a job', async () => {
    const world = new SchedulerWorld();
    const half = defaultShareTree.halfLifeSeconds * 1000;
    const [mine, bobs] = [await world.submit('a'), await world.submit('b', { user: 'bob' })];
    world.maxRunningJobs = 2;
    await world.schedule();
    await world.configure(bobs);
    world.clock.advance(HOUR_MS);
    await world.end(mine);
    await world.schedule();
    const users = (): readonly string[] => [...world.table.uses.values()].map(({ user }) => user);
    world.clock.advance(10 * half);
    await world.schedule();
    expect(users()).toEqual(['ada', 'bob']);
    world.clock.advance(20 * half);
    await world.schedule();
    // Its lane is forgotten first.
    await world.schedule();
    expect(users()).toEqual(['bob']);
    await world.end(bobs);
    await world.submit('c');
    expect(await world.schedule()).toMatchObject({ released: 1, admitted: 1 });
    expect([...world.table.uses.values()]).toMatchObject([{ user: 'ada', runningJobs: 1, nodes: 1 }]);
  });

  it('counts what ended and gives its room away at once', async () => {
    const world = new SchedulerWorld();
    const first = await world.submit('a');
    await world.submit('b');
    await world.schedule();
    await world.end(first);
    expect(await world.schedule()).toMatchObject({ released: 1, admitted: 1, cycles: 1 });
    expect(world.holding()).toEqual(['b']);
    expect(world.table.releases.size).toBe(0);
  });

  it('goes on with others where jobs changed between plan and transaction', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    await world.submit('b');
    const { grant } = world.store;
    let grants = 0;
    world.store.grant = async (...values) => ((grants += 1) === 1 ? [] : grant.apply(world.store, values));
    expect(await world.schedule()).toMatchObject({ admitted: 1, cycles: 2 });
  });

  it('keeps no other from its start where one fails', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 30;
    world.apply({ maxLaunchesInFlight: 100 });
    for (let n = 10; n < 40; n += 1) await world.submit(`job-${n}`);
    let starts = 0;
    world.gate = (call) => (call === 'executions.start' && (starts += 1) === 1 ? 'before' : undefined);
    await expect(world.schedule()).rejects.toThrow('1 of 30 jobs');
    expect(world.started).toHaveLength(29);
  });

  it('admits more than fit in one cycle within one invocation', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 1000;
    world.apply({ maxLaunchesInFlight: 1000 });
    for (let n = 0; n < 250; n += 1) await world.submit(`job-${n}`);
    expect(await world.schedule()).toMatchObject({ admitted: 250 });
  });

  it('reads no queue of which nothing can start', async () => {
    const world = new SchedulerWorld();
    await world.submit('a');
    await world.submit('b', { user: 'bob' });
    await world.schedule();
    const calls: string[] = [];
    world.gate = (call) => void calls.push(call);
    await world.schedule();
    expect(calls).toEqual(['store.takeLease', 'store.overview', 'store.forgetLanes', 'store.dropLease']);
  });

  it('reads on where the front of a queue may not be tried now', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    for (let n = 0; n < 60; n += 1) await world.submit(`large-${n}`, { nodes: 100 + n });
    const small = await world.submit('small', { nodes: 1 });
    const scope = { kind: 'account', region: 'us-east-1' } as const;
    const nowMs = world.clock.now();
    await world.cooldowns.record([{ scope, code: 'MaxSpotInstanceCountExceeded', atLeast: 50, failures: 1, sinceMs: nowMs, untilMs: epochMs(nowMs + 60_000) }]);
    expect(await world.schedule()).toMatchObject({ admitted: 1, cycles: 1 });
    expect(world.job(small)).toMatchObject({ state: 'ACQUIRING_CAPACITY' });
  });

  it('forgets lanes in which nobody has waited for long', async () => {
    const world = new SchedulerWorld();
    const id = await world.submit('a');
    await world.schedule();
    await world.end(id);
    await world.schedule();
    expect(world.table.lanes.size).toBe(1);
    world.clock.advance(24 * HOUR_MS);
    await world.schedule();
    expect(world.table.lanes.size).toBe(0);
  });

  it('moves usage to another base when the half-life changes, before anything is counted', async () => {
    const world = new SchedulerWorld();
    const id = await world.submit('a');
    await world.schedule();
    world.apply({ halfLifeSeconds: 3600 });
    await world.end(id);
    await world.schedule();
    expect([...world.table.uses.values()]).toMatchObject([{ ...usageBase(world.clock.now(), HOUR_MS), runningJobs: 0 }]);
  });
});

describe('a parked job', () => {
  const parked = async (): Promise<SchedulerWorld> => {
    const world = new SchedulerWorld();
    const id = await world.submit('a');
    await world.schedule();
    const nowMs = world.clock.now();
    await world.jobs.commit(park(world.job(id), 'token-1', epochMs(nowMs + 1000), 'nothing', nowMs));
    return world;
  };

  it('gives its limits to others while it waits', async () => {
    const world = await parked();
    await world.submit('b');
    expect(await world.schedule()).toMatchObject({ released: 1, admitted: 1, turns: 0 });
    expect(world.holding()).toEqual(['b']);
  });

  it('holds limits from its turn on, also to whoever asks when it has its machines', async () => {
    const world = await parked();
    await world.schedule();
    world.clock.advance(5 * HOUR_MS);
    await world.schedule();
    await world.configure(jobId('a'));
    const { uses, parked: waiting } = await world.store.overview();
    expect(await readHolders({ jobs: world.jobs }, { uses, parked: waiting, launching: [] })).toMatchObject([{ hold: world.job(jobId('a')).hold }]);
  });

  it('is told under the token that it waits with now, not with when its turn was planned', async () => {
    const world = await parked();
    await world.schedule();
    world.clock.advance(2000);
    const { overview } = world.store;
    world.store.overview = async () => {
      const seen = await overview.call(world.store);
      const [job, nowMs] = [world.job(jobId('a')), world.clock.now()];
      if (world.table.parked.get(job.jobId)?.token === 'token-1') await world.jobs.commit(park(job, 'token-2', nowMs, 'its execution died', nowMs));
      return seen;
    };
    expect(await world.schedule()).toMatchObject({ turns: 1 });
    expect(world.answers).toEqual([{ token: 'token-2', answer: { kind: 'turn' } }]);
  });

  it('gets its turn with its limits, and is told again where the answer was lost', async () => {
    const world = await parked();
    world.clock.advance(2000);
    world.gate = (call) => (call === 'tokens.answer' ? 'before' : undefined);
    await expect(world.schedule()).rejects.toThrow('1 of 1 jobs');
    expect(world.holding()).toEqual(['a']);
    expect([...world.table.uses.values()]).toMatchObject([{ runningJobs: 1 }]);
    world.gate = () => undefined;
    await world.schedule();
    expect(world.answers).toEqual([]);
    world.clock.advance(20_000);
    await world.schedule();
    expect(world.answers).toEqual([{ token: 'token-1', answer: { kind: 'turn' } }]);
  });
});

describe('the cap on launches in flight', () => {
  it('lets the next start as soon as one has its machines', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    world.apply({ maxLaunchesInFlight: 2 });
    for (const name of ['a', 'b', 'c']) await world.submit(name);
    const waits: number[] = [];
    world.meanwhile = async () => {
      waits.push(world.holding().length);
      if (waits.length === 3) await world.configure(jobId('b'));
    };
    expect(await world.schedule()).toMatchObject({ admitted: 3 });
    expect(waits).toEqual([2, 2, 2]);
    expect(world.table.lease.launching).toEqual(['a', 'c']);
  });

  it('is waited for while there is time, then left to the next invocation', async () => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    world.apply({ maxLaunchesInFlight: 1 });
    await world.submit('a');
    await world.submit('b');
    let pauses = 0;
    world.meanwhile = async () => void (pauses += 1);
    expect(await world.schedule('me', world.ports(), () => pauses < 4)).toMatchObject({ admitted: 1 });
    expect(world.table.lease.expiresAtMs).toBe(0);
    await world.configure(jobId('a'));
    expect(await world.schedule()).toMatchObject({ admitted: 1 });
  });
});

describe('a job that waits for limits', () => {
  /** A runs for less than two hours, B wants all nodes, C one node for less time than A has. */
  const waiting = async (): Promise<SchedulerWorld> => {
    const world = new SchedulerWorld();
    world.maxRunningJobs = 10;
    world.apply({ limits: { nodes: 10 } });
    await world.submit('a', { nodes: 5 });
    await world.schedule();
    await world.configure(jobId('a'));
    world.clock.advance(1000);
    await world.submit('b', { nodes: 10 });
    return world;
  };

  it('is not passed where it is not known when limits come free', async () => {
    const world = await waiting();
    world.jobs.activeAttempts = async () => ({ items: [] });
    world.table.lease = { ...world.table.lease, launching: [] };
    await world.submit('c', { nodes: 1 }, { ttlSeconds: 60 });
    await world.schedule();
    expect(world.holding()).toEqual(['a']);
  });

  it('is passed by jobs that do not delay it, once the list of holders fits the counters', async () => {
    const world = await waiting();
    await world.submit('c', { nodes: 1 }, { ttlSeconds: 60 });
    await world.schedule();
    expect(world.holding()).toEqual(['a', 'c']);
  });

  it('looks at the jobs themselves where the list of attempts lags behind', async () => {
    const world = await waiting();
    world.jobs.activeAttempts = async () => ({ items: [] });
    expect(world.table.lease.launching).toEqual(['a']);
    await world.submit('c', { nodes: 1 }, { ttlSeconds: 60 });
    await world.schedule();
    expect(world.holding()).toEqual(['a', 'c']);
  });
});
