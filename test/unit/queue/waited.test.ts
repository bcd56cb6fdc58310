import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../../core/job/ids.ts';
import type { PauseScope } from '../../../core/queue/pause.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import { aNamespace } from '../../builders/scheduling.ts';
import { back, failed, fields } from './lack-of-capacity.ts';
import { WaitedWorld } from './waited-world.ts';

const namespace: PauseScope = { kind: 'namespace', namespace: 'research' };

describe('the entry of an admission', () => {
  let world: WaitedWorld;
  beforeEach(() => {
    world = new WaitedWorld();
  });

  it('says nothing of a job that did not wait, and nothing is noted', async () => {
    const id = await world.submit('a');
    await world.look();
    expect([await world.waited(id), world.lanes, world.places]).toEqual([undefined, 0, 0]);
  });

  it('says each reason for which it waited, in their order', async () => {
    world.apply({ namespaces: [aNamespace('research', { limits: { runningJobs: 1 } })] });
    const [first, second] = [await world.submit('a'), await world.submit('b', { user: 'bob' })];
    await world.look(0);
    for (let minute = 0; minute < 3; minute += 1) await world.look();
    world.pause(namespace);
    await world.end(first);
    await world.look(2);
    await world.look(2);
    world.resume(namespace);
    await world.look();
    expect(await world.inMinutes(second)).toEqual([['LimitReached: namespace research', 3], ['Paused: namespace research, by ops: bill', 5]]);
    expect(await world.waited(first)).toBeUndefined();
    expect([world.lanes, world.places]).toEqual([0, 2]);
  });

  it('says the limit of its user, and that others of its user came before it', async () => {
    world.apply({ namespaces: [aNamespace('research', { defaultUser: { weight: 1, limits: { runningJobs: 1 } } })] });
    const ids = [await world.submit('a'), await world.submit('b'), await world.submit('c')];
    for (const id of ids) {
      await world.look();
      await world.look();
      await world.end(id);
    }
    const limit = 'LimitReached: user ada of namespace research';
    expect([await world.waited(ids[0] as JobId), await world.inMinutes(ids[1] as JobId), await world.inMinutes(ids[2] as JobId)]).toEqual([
      undefined, [['Queued', 1], [limit, 2]], [['Queued', 3], [limit, 4]],
    ]);
    expect(world.lanes).toBeLessThanOrEqual(4);
  });

  it('says of jobs of a lane that ask for different things what held each, and nothing of one that came later', async () => {
    world.apply({ namespaces: [aNamespace('research', { limits: { nodes: 4 } })] });
    const running = await world.submit('running', { nodes: 3 });
    await world.look();
    const large = await world.submit('large', { nodes: 4 });
    await world.look(0);
    const small = await world.submit('small', { nodes: 1 });
    await world.look(0);
    expect(await world.waited(small)).toBeUndefined();
    await world.look();
    await world.end(running);
    await world.end(small);
    await world.look();
    expect(await world.inMinutes(large)).toEqual([['LimitReached: namespace research', 2]]);
  });

  it('has of reasons that hold it at once the one that came last', async () => {
    world.maxRunningJobs = 1;
    await failed(world, 100 * 3_600_000, 'SpotReclaimed');
    const id = await world.submit('a', {}, { capacityTimeoutSeconds: 3600 });
    await world.look(0);
    await world.look(2);
    const passes = await world.submit('passes', { user: 'zoe', types: ['c5.large'] });
    await world.look(0);
    await world.configure(passes);
    await world.look(3);
    await world.end(passes);
    await world.look(0);
    await world.look(4);
    back(world);
    await world.look(0);
    expect(await world.inMinutes(id)).toEqual([['CoolingDown: SpotReclaimed', 2], ['LimitReached: the deployment', 3], ['CoolingDown: SpotReclaimed', 4]]);
  });

  it('says that as many look for machines as may', async () => {
    world.apply({ maxLaunchesInFlight: 1 });
    const first = await world.submit('a');
    const second = await world.submit('b', { user: 'bob' });
    await world.look(0);
    await world.look();
    await world.configure(first);
    await world.look(0);
    expect((await world.waited(second))?.map(({ code }) => code)).toEqual(['LaunchesInFlight']);
  });

  it('costs a queue that stands still nothing, however long, and one that goes to and fro little', async () => {
    world.maxRunningJobs = 2;
    await failed(world, 100 * 3_600_000, 'SpotReclaimed');
    for (let n = 0; n < 40; n += 1) await world.submit(`held${n}`, { user: `user${n}` }, { capacityTimeoutSeconds: 3600 });
    for (let n = 0; n < 5; n += 1) await world.submit(`large${n}`, { user: `user${n}`, types: ['c5.large'], nodes: 9 });
    await world.look(0);
    await world.look(0);
    const { lanes: lanesBefore, places: placesBefore } = world;
    await world.lookFor(30);
    expect([world.lanes, world.places]).toEqual([lanesBefore, placesBefore]);
    expect([lanesBefore, placesBefore]).toEqual([25, 1]);
    // A pause that somebody cannot make up his mind about.
    for (let times = 0; times < 30; times += 1) {
      if (times % 2 === 0) world.pause({ kind: 'queue' });
      else world.resume({ kind: 'queue' });
      await world.look(0);
    }
    expect(world.places - placesBefore).toBeLessThanOrEqual(2);
  });

  it('costs a cycle few writes, however many lanes begin to wait for reasons of their own', async () => {
    world.apply({ namespaces: [aNamespace('research', { defaultUser: { weight: 1, limits: { nodes: 2 } } })] });
    for (let n = 0; n < 60; n += 1) await world.submit(`large${n}`, { user: `user${n}`, nodes: 3 });
    const perCycle: number[] = [];
    for (let cycle = 0; cycle < 4; cycle += 1) {
      world.lanes = 0;
      await world.look(0);
      perCycle.push(world.lanes);
    }
    expect(perCycle).toEqual([25, 25, 10, 0]);
  });

  it('forgets why jobs of a lane waited that are gone, with the first that waits there after them', async () => {
    world.apply({ namespaces: [aNamespace('research', { limits: { nodes: 2 } })] });
    const reasons = () => [...world.table.lanes.values()].map(({ reasons: noted = {} }) => Object.keys(noted));
    const running = await world.submit('running', { nodes: 1 });
    const large = await world.submit('large', { nodes: 2 }, fields);
    await world.look(0);
    await world.look(0);
    const [[shape] = []] = reasons();
    expect(shape).toBe(queueEntryOf(world.job(large)).shape);
    await world.end(running);
    await world.look();
    await world.end(large);
    await world.submit('next', { nodes: 1 });
    await world.look(0);
    await world.submit('waits', { nodes: 2 }, { capacityTimeoutSeconds: 77 });
    await world.look(0);
    expect(reasons()).toEqual([[expect.not.stringContaining(String(shape))]]);
    expect(world.lanes).toBe(2);
  });
});
