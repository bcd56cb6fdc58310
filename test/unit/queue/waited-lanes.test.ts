import { beforeEach, describe, expect, it } from '@jest/globals';
import { aNamespace } from '../../builders/scheduling.ts';
import { back, failed, fields, MINUTE_MS } from './lack-of-capacity.ts';
import { WaitedWorld } from './waited-world.ts';

const long = { capacityTimeoutSeconds: 36_000 };

describe('what held jobs of a lane', () => {
  let world: WaitedWorld;
  beforeEach(() => {
    world = new WaitedWorld();
  });

  it('is over for a shape that has started, though nobody looks to the end of the lane', async () => {
    const research = (nodes: number) => world.apply({ namespaces: [aNamespace('research', { limits: { nodes } }), aNamespace('other', { limits: { nodes: 2 } })] });
    research(2);
    // As many as are looked at in a cycle that starts nothing.
    for (let n = 0; n < 110; n += 1) await world.submit(`never${n}`, { namespace: 'other', user: `u${n}`, nodes: 3, types: ['c5.large'] });
    for (let cycle = 0; cycle < 6; cycle += 1) await world.look(0);
    await failed(world, 100 * 3_600_000, 'SpotReclaimed');
    const first = await world.submit('first', {}, long);
    await world.look(0);
    await world.look();
    for (let n = 0; n < 80; n += 1) await world.submit(`large${n}`, { nodes: 2 }, long);
    await world.look(4);
    back(world);
    await world.look(0);
    await world.configure(first);
    const last = await world.submit('last', {}, long);
    await world.lookFor(20);
    expect(await world.inMinutes(first)).toEqual([['CoolingDown: SpotReclaimed', 5]]);
    research(1000);
    for (let round = 0; round < 30; round += 1) {
      await world.look(0);
      await world.configureAll();
    }
    expect((await world.waited(last))?.map(({ code }) => code)).not.toContain('CoolingDown');
  });

  it('is noted of few shapes, and of the same while nothing changes', async () => {
    world.apply({ namespaces: [aNamespace('research', { limits: { nodes: 10 } })] });
    const runs = await world.submit('runs', { nodes: 5 });
    await world.look(0);
    for (let n = 0; n < 5; n += 1) await world.submit(`large${n}`, { nodes: 6 + n });
    await world.look(0);
    const shapes = () => [...world.table.lanes.values()].flatMap(({ reasons = {} }) => Object.keys(reasons));
    const before = shapes();
    expect(before.length).toBeGreaterThan(1);
    await world.lookFor(3);
    expect(shapes()).toEqual(before);
    await world.end(runs);
    await world.look();
    expect(JSON.stringify([...world.table.lanes.values()].map(({ reasons }) => reasons)).length).toBeLessThan(330);
  });

  it('is capacity all the time, whoever finds out meanwhile, in the words that EC2 had when it was written', async () => {
    await failed(world, MINUTE_MS);
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push(await world.submit(`probes${n}`, { user: `u${n}` }, long));
    await world.look(1.01, 2);
    const [waits, ...others] = ids.filter((id) => world.job(id).state === 'PENDING');
    if (waits === undefined || others.length > 0) throw new Error('one waits, and two find out');
    await failed(world, 100 * 3_600_000);
    await world.lookFor(10);
    const { lanes } = world;
    await world.lookFor(30);
    expect(world.lanes).toBe(lanes);
    back(world);
    await world.look(0);
    expect((await world.inMinutes(waits)).map(([reason, minutes]) => [reason.split(':')[0], minutes])).toEqual([['CoolingDown', 40]]);
  });

  it('is not told of one that came when it was over', async () => {
    world.apply({ namespaces: [aNamespace('research', { limits: { runningJobs: 1 } })] });
    const runs = await world.submit('runs');
    await world.look(0);
    await world.submit('waits', { user: 'bob' });
    await world.look(0);
    await world.look(5);
    await world.end(runs);
    world.clock.advance(900);
    const late = await world.submit('late', { user: 'cyd', priority: 1000 });
    world.clock.advance(1000);
    await world.look(0);
    expect([world.job(late).state, await world.waited(late)]).toEqual(['ACQUIRING_CAPACITY', undefined]);
  });

  it('is told of one that is given up', async () => {
    await failed(world, 100 * 3_600_000);
    const [ends, goesOn] = [await world.submit('ends', {}, fields), await world.submit('goes-on', { user: 'bob' }, { ...fields, retry: { maxAttempts: 2, on: ['NO_CAPACITY'] } })];
    await world.look(0);
    await world.lookFor(11);
    expect([world.job(ends).outcome, world.job(goesOn).attempt]).toEqual(['NO_CAPACITY', 2]);
    expect(await world.inMinutes(ends)).toEqual([['CoolingDown: InsufficientInstanceCapacity', 10]]);
    const { items } = await world.jobs.events(goesOn, 100);
    expect(items.find(({ type }) => type === 'AttemptRetried')?.data).toMatchObject({ outcome: 'NO_CAPACITY', waited: [{ code: 'CoolingDown' }] });
  });
});
