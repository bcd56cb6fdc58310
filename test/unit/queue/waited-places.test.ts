import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../../core/job/ids.ts';
import { aNamespace } from '../../builders/scheduling.ts';
import { back, failed } from './lack-of-capacity.ts';
import { WaitedWorld } from './waited-world.ts';

const queue = { kind: 'queue' } as const;
const long = { capacityTimeoutSeconds: 36_000 };
const full = 'LimitReached: namespace research';

describe('what held a place', () => {
  let world: WaitedWorld;
  beforeEach(() => {
    world = new WaitedWorld();
  });

  /** A job that waits below a namespace that is full all the time. */
  async function behindOne(): Promise<{ readonly runs: JobId; readonly waits: JobId }> {
    const runs = await world.submit('runs');
    await world.look(0);
    await world.configure(runs);
    return { runs, waits: await world.submit('waits', { user: 'bob' }) };
  }

  async function startsAfter(minutes: number, runs: JobId): Promise<void> {
    await world.lookFor(minutes - 1);
    await world.end(runs);
    await world.look();
  }

  it('is over when a pause is, though a place below is full', async () => {
    world.apply({ namespaces: [aNamespace('research', { limits: { runningJobs: 1 } })] });
    const { runs, waits } = await behindOne();
    await world.look(0);
    await world.look(10);
    world.pause(queue);
    await world.look(1);
    await world.look(8);
    world.resume(queue);
    await startsAfter(30, runs);
    expect(await world.inMinutes(waits)).toEqual([[full, 10], ['Paused: the queue, by ops: bill', 10], [full, 29]]);
  });

  it('is over when the deployment has room, though a place below is full', async () => {
    world.maxRunningJobs = 2;
    world.apply({ namespaces: [aNamespace('research', { limits: { runningJobs: 1 } }), aNamespace('other')] });
    const { runs, waits } = await behindOne();
    await world.look(0);
    const first = await world.submit('first', { namespace: 'other', user: 'zoe' });
    await world.look(9);
    const second = await world.submit('second', { namespace: 'other', user: 'zoe' });
    await world.look(1);
    await world.end(first);
    await world.look(5);
    await world.end(second);
    await startsAfter(30, runs);
    expect(await world.inMinutes(waits)).toEqual([[full, 10], ['LimitReached: the deployment', 5], [full, 30]]);
  });

  it('is over when fewer look for machines, though a place below is full', async () => {
    world.apply({ maxLaunchesInFlight: 1, namespaces: [aNamespace('research', { limits: { runningJobs: 1 } }), aNamespace('other')] });
    const { runs, waits } = await behindOne();
    await world.look(0);
    await world.look(5);
    const others = [await world.submit('first', { namespace: 'other', user: 'zoe' }), await world.submit('second', { namespace: 'other', user: 'zoe' })];
    await world.look(0);
    for (const id of others) {
      await world.configure(id);
      await world.look();
    }
    await startsAfter(30, runs);
    expect(await world.inMinutes(waits)).toEqual([[full, 5], ['LaunchesInFlight', 1], [full, 31]]);
  });

  it.each([
    ['namespace', { limits: { gpus: 8 } }], ['user', { defaultUser: { weight: 1, limits: { gpus: 8 } } }],
  ])('is no limit of a %s that holds those alone that want GPUs', async (_of, settings) => {
    world.apply({ namespaces: [aNamespace('research', settings)] });
    const gpus = { types: ['p4d.24xlarge'], gpus: 8 };
    const runs = await world.submit('runs', gpus);
    await world.look(0);
    await world.configure(runs);
    await failed(world, 100 * 3_600_000);
    const cpu = await world.submit('cpu', {}, long);
    await world.look(0);
    await world.look(5);
    const gpu = await world.submit('gpu', gpus, long);
    await world.look(0);
    await world.lookFor(30);
    back(world);
    await world.look();
    expect(await world.inMinutes(cpu)).toEqual([['CoolingDown: InsufficientInstanceCapacity', 36]]);
    await world.end(runs);
    await world.look();
    expect((await world.inMinutes(gpu)).at(-1)?.[0]).toMatch(/^LimitReached: (namespace|user)/);
  });

  it('is known of the deployment, however many places are full', async () => {
    const many = Array.from({ length: 60 }, (_, n) => `ns${n}`);
    world.apply({ maxLaunchesInFlight: 1000, namespaces: many.map((name) => aNamespace(name, { limits: { runningJobs: 1 } })) });
    for (const name of many) await world.submit(`runs-${name}`, { namespace: name, user: 'u' });
    await world.look(0);
    await world.configureAll();
    const ids: JobId[] = [];
    for (const name of many) ids.push(await world.submit(`waits-${name}`, { namespace: name, user: 'u' }));
    await world.look(0);
    const told = Object.keys(world.table.room?.told ?? {});
    expect([told.length > 30, told.length <= 50]).toEqual([true, true]);
    await world.look(5);
    world.pause(queue);
    await world.look(1);
    await world.look(60);
    world.resume(queue);
    for (const { jobId: id, state } of world.table.jobs.values()) if (state !== 'PENDING') await world.end(id);
    await world.look();
    for (const id of ids) expect((await world.inMinutes(id)).at(-1)).toEqual(['Paused: the queue, by ops: bill', 62]);
    expect(JSON.stringify(world.table.room).length).toBeLessThan(5_000);
  });
});
