import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { JobId } from '../../../core/job/ids.ts';
import { logger } from '../../../lambdas/runtime/telemetry.ts';
import { aNamespace } from '../../builders/scheduling.ts';
import { failed, fields } from './lack-of-capacity.ts';
import { WaitedWorld } from './waited-world.ts';

describe('notes of why jobs wait', () => {
  let world: WaitedWorld;
  beforeEach(() => {
    world = new WaitedWorld();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([
    ['user', { defaultUser: { weight: 1, limits: { runningJobs: 1 } } }, 'LimitReached: user ada of namespace research'],
    ['namespace', { limits: { runningJobs: 1 } }, 'LimitReached: namespace research'],
  ])('cost one that waits alone for a limit of its %s no more than it costs the first', async (_of, settings, told) => {
    world.apply({ namespaces: [aNamespace('research', settings)] });
    let runs = await world.submit('runs');
    await world.look(0);
    const ids: JobId[] = [];
    for (let n = 0; n < 10; n += 1) {
      const next = await world.submit(`next${n}`);
      ids.push(next);
      await world.look(0);
      await world.look(5);
      await world.end(runs);
      await world.look(0);
      runs = next;
    }
    for (const id of ids) expect(await world.inMinutes(id)).toEqual([[told, 5]]);
    expect(world.lanes + world.places).toBe(1);
  });

  it('are the same when they are read again, whatever somebody wrote as a reason', async () => {
    const stored = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
    const { noteRoom } = world.store;
    world.store.noteRoom = (lease, { told = {}, ...room }) => noteRoom.call(world.store, lease, {
      ...room, told: Object.fromEntries(Object.entries(told).map(([key, noted]) => [key, noted.map(({ detail, ...each }) => ({ ...each, ...(detail === undefined ? {} : { detail: stored(detail) }) }))])),
    });
    for (const before of ['', 'x', 'xx']) {
      world.pause({ kind: 'queue' }, `${before}${'😀'.repeat(60)}\ud800`);
      await world.submit(`waits${before}`);
      await world.look(2);
      const { places } = world;
      await world.lookFor(5);
      expect(world.places).toBe(places);
      world.resume({ kind: 'queue' });
      await world.look(2);
    }
  });

  it('keep no cycle from its work where they cannot be written, and nobody from being given up', async () => {
    const said = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    await failed(world, 100 * 3_600_000);
    const held = await world.submit('held', {}, fields);
    await world.look(0);
    const wasNoted = world.table.lanes.get([...world.table.lanes.keys()][0] ?? '')?.heldSince;
    world.gate = (call, values) => (call === 'store.noteRoom' && JSON.stringify(values[1]).includes('Paused') ? 'before' : undefined);
    world.pause({ kind: 'namespace', namespace: 'other' });
    await world.submit('paused', { namespace: 'other', user: 'zoe', types: ['c5.large'] });
    await world.lookFor(12);
    expect(wasNoted).toBeDefined();
    expect(world.job(held).outcome).toBe('NO_CAPACITY');
    expect(said).toHaveBeenCalledWith('Why jobs wait could not be noted', expect.anything());
  });

  it('fail a cycle where what is counted goes with them', async () => {
    await failed(world, 100 * 3_600_000);
    await world.submit('held', {}, fields);
    world.gate = (call) => (call === 'store.noteLanes' ? 'before' : undefined);
    await expect(world.look(0)).rejects.toThrow('store.noteLanes was not made');
  });
});
