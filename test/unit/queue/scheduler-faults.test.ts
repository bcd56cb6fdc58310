import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, type JobId } from '../../../core/job/ids.ts';
import { park } from '../../../core/lifecycle/admit.ts';
import { holdDrifts } from '../../../core/scheduling/recount.ts';
import { SchedulerWorld } from './scheduler-world.ts';

const LIMIT = 4;

/** Two jobs run, one of which has ended; one is parked and due; six wait, of two users and two lanes. */
async function aBusyWorld(): Promise<SchedulerWorld> {
  const world = new SchedulerWorld();
  world.maxRunningJobs = LIMIT;
  world.apply({ limits: { nodes: 9 }, maxLaunchesInFlight: 3 });
  const [over, short] = [await world.submit('a'), await world.submit('b', { user: 'bob' })];
  await world.submit('c', { user: 'bob' });
  await world.schedule();
  const nowMs = world.clock.now();
  await world.jobs.commit(park(world.job(short), 'token-b', epochMs(nowMs + 1000), 'nothing', nowMs));
  await world.end(over);
  for (const name of ['d', 'e', 'f']) await world.submit(name, { nodes: 2 });
  for (const name of ['g', 'h', 'i']) await world.submit(name, { user: 'bob', types: ['g5.xlarge'] });
  world.clock.advance(2000);
  return world;
}

/** What must hold at any moment, whatever died. */
function expectLaws(world: SchedulerWorld): void {
  const { table } = world;
  expect(holdDrifts([...table.uses.values()], world.heldByJobs())).toEqual([]);
  expect(world.holding().length).toBeLessThanOrEqual(LIMIT);
  expect([...table.uses.values()].reduce((sum, { nodes }) => sum + nodes, 0)).toBeLessThanOrEqual(9);
  for (const job of table.jobs.values()) {
    expect({ job: job.jobId, queued: table.queue.has(job.jobId) }).toEqual({ job: job.jobId, queued: job.state === 'PENDING' });
    if (job.state === 'ACQUIRING_CAPACITY') expect(job.hold !== undefined || table.parked.has(job.jobId)).toBe(true);
  }
  for (const lane of table.lanes.values()) {
    const waiting = [...table.queue.values()].filter((entry) => entry.namespace === lane.namespace && entry.user === lane.user && entry.lane === lane.lane);
    expect(lane.pending).toBeGreaterThanOrEqual(waiting.length);
  }
}

/** Time passes, jobs find machines and end, until all have ended; the reconciler starts what its scheduler did not. */
async function live(world: SchedulerWorld): Promise<void> {
  for (let round = 0; round < 40 && world.table.jobs.size > ended(world).length; round += 1) {
    world.clock.advance(40_000);
    await world.schedule('me', world.ports(), impatient());
    expectLaws(world);
    for (const id of world.holding() as JobId[]) await world.end(id);
  }
  await world.schedule('me', world.ports(), impatient());
}

const ended = (world: SchedulerWorld): readonly string[] => [...world.table.jobs.values()].filter(({ state }) => state === 'DONE').map(({ jobId }) => jobId);

/** A job that comes before all others: whoever takes over decides otherwise than the sleeper did. */
const urge = (world: SchedulerWorld, name: string): Promise<JobId> => world.submit(name, { user: 'carol', priority: 1000, nodes: 2 });

/** A world that waits in vain for launches ends its invocation some time. */
const impatient = (): (() => boolean) => {
  let asked = 0;
  return () => (asked += 1) < 20;
};

async function callsOf(world: SchedulerWorld): Promise<number> {
  let calls = 0;
  world.gate = () => void (calls += 1);
  await world.schedule('first', world.ports(), impatient());
  return calls;
}

describe('a scheduler that dies at any call', () => {
  it('loses no job, admits none twice, passes no limit and leaves right counters', async () => {
    const total = await callsOf(await aBusyWorld());
    expect(total).toBeGreaterThan(20);
    for (let at = 1; at <= total; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const world = await aBusyWorld();
        let calls = 0;
        // Dead from then on: it cannot even give its lease back.
        world.gate = () => ((calls += 1) >= at ? (calls === at ? when : 'before') : undefined);
        await world.schedule('first', world.ports(), impatient()).catch(() => undefined);
        expectLaws(world);
        world.gate = () => undefined;
        await live(world);
        expect(ended(world)).toHaveLength(9);
        expect(world.heldByJobs()).toEqual([]);
        expect(new Set(world.started).size).toBe(world.started.length);
      }
    }
  });
});

describe('a scheduler that sleeps through its lease', () => {
  it('does no harm to the one that took over, wherever it slept', async () => {
    const total = await callsOf(await aBusyWorld());
    for (let at = 1; at <= total; at += 1) {
      const world = await aBusyWorld();
      let calls = 0;
      const first = world.ports(() => undefined);
      const sleepy = sleepyAt(first, at, () => (calls += 1), async () => {
        world.clock.advance(60_000);
        await urge(world, 'y');
        await world.schedule('second', world.ports(), impatient());
        expectLaws(world);
      });
      await world.schedule('first', sleepy, impatient());
      expectLaws(world);
      await live(world);
      expect(ended(world)).toHaveLength(10);
    }
  });

  it('nor do many that take turns at random', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ at: fc.integer({ min: 1, max: 40 }), ms: fc.constantFrom(1000, 20_000, 60_000) }), { minLength: 1, maxLength: 6 }), async (naps) => {
        const world = await aBusyWorld();
        const scheduleWithNaps = async (depth: number): Promise<void> => {
          const nap = naps[depth];
          if (nap === undefined) return void (await world.schedule(`scheduler ${depth}`, world.ports(), impatient()));
          let calls = 0;
          await world.schedule(`scheduler ${depth}`, sleepyAt(world.ports(() => undefined), nap.at, () => (calls += 1), async () => {
            world.clock.advance(nap.ms);
            await urge(world, `y${depth}`);
            await scheduleWithNaps(depth + 1);
          }), impatient());
          expectLaws(world);
        };
        await scheduleWithNaps(0);
        await live(world);
        expect(ended(world)).toHaveLength(world.table.jobs.size);
      }),
      { numRuns: 40 },
    );
  });
});

type Ports = ReturnType<SchedulerWorld['ports']>;

/** Ports whose call number `at` is made only after `nap`. */
function sleepyAt(ports: Ports, at: number, count: () => number, nap: () => Promise<void>): Ports {
  const sleepy = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]): Promise<unknown> => {
          if (count() === at) await nap();
          return Reflect.apply(member, target, values);
        };
      },
    });
  return { ...ports, store: sleepy(ports.store), jobs: sleepy(ports.jobs), cooldowns: sleepy(ports.cooldowns), executions: sleepy(ports.executions), tokens: sleepy(ports.tokens) };
}

