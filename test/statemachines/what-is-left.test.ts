import { beforeEach, describe, expect, it } from '@jest/globals';
import { jobId } from '../../core/job/ids.ts';
import { ZONES } from '../builders/capacity.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { lived, tickUntil } from './lived.ts';
import { aManifest } from './manifests.ts';

let world: InMemoryWorld;

beforeEach(() => {
  world = new InMemoryWorld();
});

describe('the cost of a job', () => {
  it('counts no machine for longer because another stays', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'CONFIGURING');
    const nodes = () => world.table.nodes.get(`${id}/1`) ?? [];
    const [stuck] = nodes().slice(-1).map(({ instanceId }) => instanceId);
    if (stuck !== undefined) world.capacity.machines.stuck.add(stuck);
    for (let n = 0; n < 60 && world.job(id).state !== 'DESTRUCTION_FAILED'; n += 1) await world.tick(15);
    await world.tick(600);
    const others = nodes().filter(({ instanceId }) => instanceId !== stuck).map(({ goneAtMs }) => goneAtMs);
    expect(others.length).toBeGreaterThan(0);
    expect(others).not.toContain(undefined);
    for (let n = 0; n < 10; n += 1) await world.tick(600);
    world.capacity.machines.stuck.clear();
    await lived(world, id);
    expect(nodes().filter(({ instanceId }) => instanceId !== stuck).map(({ goneAtMs }) => goneAtMs)).toEqual(others);
    const last = nodes().find(({ instanceId }) => instanceId === stuck)?.goneAtMs ?? 0;
    expect(last).toBeGreaterThan(Math.max(...others.map(Number)));
  });

  it('counts what machines cost that stayed, and the end of each', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'CONFIGURING');
    world.capacity.machines.stubborn = true;
    for (let n = 0; n < 60 && world.job(id).state !== 'DESTRUCTION_FAILED'; n += 1) await world.tick(15);
    const before = world.table.attempts.get(`${id}/1`)?.costMicroUsd ?? 0;
    for (let n = 0; n < 10; n += 1) await world.tick(600);
    expect(world.history(id).filter(({ type }) => type === 'Reconciled')).toEqual([]);
    world.capacity.machines.stubborn = false;
    await lived(world, id);
    expect(world.table.attempts.get(`${id}/1`)?.costMicroUsd).toBeGreaterThan(before);
    expect(world.table.nodes.get(`${id}/1`)?.every(({ goneAtMs }) => goneAtMs !== undefined)).toBe(true);
    expect(world.history(id).filter(({ type }) => type === 'NodesGone')).toHaveLength(1);
  });
});

describe('an orphan', () => {
  const stray = { jobId: jobId('job-gone'), attempt: 1, ordinal: 1, pool: 'workers', count: 2, minimum: 1, market: 'spot', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 'stray' } as const;

  it('is terminated after its grace', async () => {
    await world.capacity.machines.launch({ ...stray, requestedAtMs: world.clock.now(), request: '{}' });
    await world.tick(15);
    expect(await world.running()).toBe(2);
    await world.tick(60);
    expect(await world.running()).toBe(0);
  });

  it('is no instance that went with its job while the reconciler looked', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    const before = await world.capacity.describeAll();
    await lived(world, id);
    const { describeAll } = world.capacity;
    let looks = 0;
    world.capacity.describeAll = async () => ((looks += 1) === 1 ? before : describeAll.call(world.capacity));
    await world.reconcile();
    expect(world.history(id).map(({ type }) => type)).not.toContain('Reconciled');
  });
});

describe('a placement group', () => {
  it('stays while its attempt lives, and goes once no machine of an attempt that is over stands in it', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    const { groups, inUse } = world.placementGroups;
    for (const [name, attempt] of [['of-this', 1], ['of-none', 7]] as const) groups.set(name, { name, jobId: id, attempt });
    await world.reconcile();
    expect([...groups.keys()]).toEqual(['of-this']);
    inUse.add('of-this');
    await lived(world, id);
    await world.reconcile();
    expect([...groups.keys()]).toEqual(['of-this']);
    inUse.clear();
    await world.reconcile();
    expect([...groups.keys()]).toEqual([]);
  });

  it('goes while its job is parked, so that one that waits long leaves room for others', async () => {
    for (const zone of ZONES) world.stock(zone, 0);
    const id = await world.submit(aManifest(), 'job-a');
    for (let n = 0; n < 40 && world.table.parked.size === 0; n += 1) await world.tick(1);
    const { groups } = world.placementGroups;
    groups.set('of-this', { name: 'of-this', jobId: id, attempt: 1 });
    await world.reconcile();
    expect([...groups.keys()]).toEqual([]);
  });
});
