import { describe, expect, it } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import { admit, park } from '../../../core/lifecycle/admit.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { scheduleJobs, type SchedulerPorts } from '../../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { ManualClock } from '../../builders/capacity.ts';
import { aJob } from '../../builders/job.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { InMemorySchedulerStore } from '../../fakes/in-memory-scheduler-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';

const id = jobId('01hjob0000000000000000000a');

class SchedulerWorld {
  readonly table = new InMemoryTable();
  readonly clock = new ManualClock();
  readonly jobs = new InMemoryJobStore(this.table);
  readonly store = new InMemorySchedulerStore(this.table);
  readonly started: string[] = [];
  readonly answers: { readonly token: string; readonly answer: TaskAnswer }[] = [];

  ports(): SchedulerPorts {
    return {
      store: this.store, jobs: this.jobs, clock: this.clock, policy: { maxRunningJobs: 1, weights: {} }, leaseMs: 30_000, log: { info: () => undefined },
      executions: {
        start: async (start) => ({ executionArn: `arn:${this.started.push(start.jobId)}` }),
        status: async () => 'running',
      },
      tokens: {
        answer: async (token, answer) => {
          this.answers.push({ token, answer });
          return 'answered';
        },
      },
    };
  }

  async submit(name: string = id): Promise<void> {
    await this.jobs.submit({ job: aJob({ jobId: jobId(name) }), events: [] });
  }

  schedule(owner = 'me', ports = this.ports()) {
    return scheduleJobs(ports, owner, () => true);
  }
}

describe('the lease', () => {
  it('is looked for once more after the mark: its holder may just have left', async () => {
    const world = new SchedulerWorld();
    await world.submit();
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
    await world.submit();
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
        await world.submit();
        await world.store.markDirty();
      }
      return dropLease.call(world.store, lease);
    };
    expect(await world.schedule()).toMatchObject({ held: true, admitted: 1 });
  });

  it('is given back by a cycle that fails, and the failure is told', async () => {
    const world = new SchedulerWorld();
    await world.submit();
    const ports = world.ports();
    const failing = { ...ports, executions: { ...ports.executions, start: async () => Promise.reject(new TypeError('no network')) } };
    await expect(world.schedule('me', failing)).rejects.toThrow('no network');
    expect(await world.schedule('another')).toMatchObject({ held: true });
  });

  it('lost to another scheduler ends the work without harm', async () => {
    const world = new SchedulerWorld();
    await world.submit();
    const ports = world.ports();
    const slow = {
      ...ports,
      jobs: new Proxy(world.jobs, {
        get: (target, key) =>
          key === 'get'
            ? async (one: typeof id) => {
                world.clock.advance(60_000);
                await world.store.takeLease('other', world.clock.now(), 30_000);
                return target.get(one);
              }
            : Reflect.get(target, key, target),
      }),
    };
    expect(await world.schedule('me', slow)).toMatchObject({ admitted: 0 });
    expect(world.table.jobs.get(id)).toMatchObject({ state: 'PENDING' });
  });
});

describe('a cycle', () => {
  it('admits within the limit and says why the rest waits', async () => {
    const world = new SchedulerWorld();
    await world.submit();
    await world.submit('01hjob0000000000000000000b');
    expect(await world.schedule()).toMatchObject({ admitted: 1 });
    expect(world.started).toEqual([id]);
    expect(world.table.waiting?.byNamespace).toMatchObject({ research: { code: 'RunningJobsLimit' } });
  });

  it('gives a parked job its turn with its limits, and answers again where the answer was lost', async () => {
    const world = new SchedulerWorld();
    await world.submit();
    const now = world.clock.now();
    await world.jobs.commit(admit(aJob(), now));
    const admitted = await world.jobs.get(id);
    if (admitted === undefined) throw new Error('no job');
    await world.jobs.commit(park(admitted, 'token-1', epochMs(now + 1000), 'nothing', now));
    world.table.releases.clear();
    world.clock.advance(2000);
    expect(await world.schedule()).toMatchObject({ turns: 1 });
    expect(world.table.jobs.get(id)).toMatchObject({ holdsLimits: true });
    expect([...world.table.shares.values()]).toMatchObject([{ runningJobs: 1 }]);
    expect(world.answers).toEqual([{ token: 'token-1', answer: { kind: 'turn' } }]);
    await world.schedule();
    expect(world.answers).toHaveLength(1);
    world.clock.advance(20_000);
    await world.schedule();
    expect(world.answers).toHaveLength(2);
  });
});
