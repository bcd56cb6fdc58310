import { describe, expect, it } from '@jest/globals';
import type { Measurement } from '../../../core/metrics/catalogue.ts';
import { CycleMeter } from '../../../lambdas/queue/schedule-jobs/cycle-meter.ts';
import { SchedulerWorld } from './scheduler-world.ts';

const MINUTE_MS = 60_000;

/** A scheduler that tells namespace `research` apart from all others. */
function aWorld(): { readonly world: SchedulerWorld; readonly written: Measurement[][]; readonly tick: () => void } {
  const world = new SchedulerWorld();
  const written: Measurement[][] = [];
  const meter = new CycleMeter({ research: {}, '*': {} }, (measurements) => void written.push([...measurements]));
  world.meter = meter;
  return { world, written, tick: () => meter.write(world.clock.now()) };
}

const values = (measurements: readonly Measurement[] = [], namespace = 'research') =>
  Object.fromEntries(measurements.filter(({ dimensions }) => (dimensions['Namespace'] ?? namespace) === namespace).map(({ name, value }) => [name, value]));

describe('a scheduler measures the queue', () => {
  it('as its cycles leave it', async () => {
    const { world, written } = aWorld();
    for (const name of ['a', 'b', 'c']) await world.submit(name, { nodes: 2 });
    await world.submit('x', { namespace: 'quarks' });
    world.clock.advance(10_000);
    await world.schedule();
    expect(values(written[0])).toMatchObject({ QueueDepth: 2, RunningNodes: 2 });
    expect(values(written[0], '*')).toMatchObject({ QueueDepth: 1, RunningNodes: 0 });
    expect(values(written[0])['OldestWaitSeconds']).toBeCloseTo(10, 1);
  });

  it('once a minute, however often it is woken, and once more when it is asked to', async () => {
    const { world, written, tick } = aWorld();
    for (let second = 0; second < 130; second += 5) {
      await world.schedule();
      world.clock.advance(5000);
    }
    expect(written).toHaveLength(3);
    tick();
    tick();
    expect(written).toHaveLength(4);
  });

  it('with the time of each cycle since it last wrote', async () => {
    const { world, written, tick } = aWorld();
    await world.schedule();
    await world.schedule();
    await world.schedule();
    tick();
    expect(written.map((batch) => batch.filter(({ name }) => name === 'CycleSeconds').length)).toEqual([1, 2]);
  });

  it('and knows how long jobs wait that have no room, of which it reads nothing', async () => {
    const { world, written } = aWorld();
    const first = await world.submit('a');
    await world.submit('b');
    await world.schedule();
    for (let minute = 0; minute < 3; minute += 1) {
      world.clock.advance(MINUTE_MS);
      await world.submit(`later-${minute}`);
      await world.schedule();
    }
    expect(values(written.at(-1))).toMatchObject({ QueueDepth: 4, RunningNodes: 1 });
    expect(values(written.at(-1))['OldestWaitSeconds']).toBeCloseTo(180, 0);
    await world.end(first);
    world.clock.advance(MINUTE_MS);
    await world.schedule();
    expect(values(written.at(-1))['OldestWaitSeconds']).toBeCloseTo(180, 0);
  });

  it('with zero again when nothing waits or runs', async () => {
    const { world, written } = aWorld();
    const id = await world.submit('a');
    await world.schedule();
    await world.end(id);
    world.clock.advance(MINUTE_MS);
    await world.schedule();
    expect(values(written.at(-1))).toMatchObject({ QueueDepth: 0, OldestWaitSeconds: 0, RunningNodes: 0, LongestWaitSeconds: 0 });
  });

  it('only while it holds the lease', async () => {
    const { world, written, tick } = aWorld();
    await world.store.takeLease('other', world.clock.now(), 30_000);
    await world.schedule();
    tick();
    expect(written).toEqual([]);
  });
});
