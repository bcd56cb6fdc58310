import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jobId, type JobId } from '../../../core/job/ids.ts';
import type { RoomNote } from '../../../core/scheduling/room-note.ts';
import type { LaneNote } from '../../../core/scheduling/snapshot.ts';
import type { Waited } from '../../../core/scheduling/waited.ts';
import { aNamespace } from '../../builders/scheduling.ts';
import { back, failed, fields, MINUTE_MS } from './lack-of-capacity.ts';
import { SchedulerWorld } from './scheduler-world.ts';

const aJob = fc.record({ user: fc.constantFrom('ada', 'bob'), namespace: fc.constantFrom('research', 'other'), nodes: fc.integer({ min: 1, max: 4 }), types: fc.constantFrom(['m6i.xlarge'], ['c5.large']), priority: fc.constantFrom(100, 500) });
const aStep = fc.oneof(
  { weight: 4, arbitrary: aJob.map((sketch) => ({ kind: 'submit', sketch }) as const) },
  { weight: 5, arbitrary: fc.constantFrom('end', 'end', 'pause', 'resume', 'fails', 'back', 'few', 'many').map((kind) => ({ kind })) },
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }).map((minutes) => ({ kind: 'look', minutes }) as const) },
);
type Step = typeof aStep extends fc.Arbitrary<infer Any> ? Any : never;

/** What a scheduler did that lived through all this, and when it looked while the queue was paused. */
async function live(steps: readonly Step[], doesNote: boolean) {
  const world = new SchedulerWorld();
  world.maxRunningJobs = 3;
  world.apply({ namespaces: [aNamespace('research', { limits: { nodes: 4 }, defaultUser: { weight: 1, limits: { runningJobs: 2 } } })] });
  if (!doesNote) {
    const { noteLanes, noteRoom } = world.store;
    world.store.noteLanes = (lease, lanes) => noteLanes.call(world.store, lease, lanes.flatMap(({ reasons: _none, ...rest }): LaneNote[] => (rest.heldSince === undefined ? [] : [rest])));
    world.store.noteRoom = (lease, { told: _none, ...room }: RoomNote) => noteRoom.call(world.store, lease, room);
  }
  const ids: JobId[] = [];
  const did: unknown[] = [];
  const looks: { readonly atMs: number; readonly isPaused: boolean }[] = [];
  for (const [index, step] of steps.entries()) {
    const [holds] = world.holding();
    // Nothing happens at the moment of a look.
    world.clock.advance(1);
    if (step.kind === 'submit') ids.push(await world.submit(`job${index}`, step.sketch, fields));
    else if (step.kind === 'end' && holds !== undefined) await world.end(jobId(holds));
    else if (step.kind === 'pause') world.table.pauses.set('queue', { scope: { kind: 'queue' }, by: 'ops', reason: 'bill', atMs: world.clock.now() });
    else if (step.kind === 'resume') world.table.pauses.delete('queue');
    else if (step.kind === 'fails') await failed(world, 60 * MINUTE_MS, 'SpotReclaimed');
    else if (step.kind === 'back') back(world);
    else if (step.kind === 'few') world.maxRunningJobs = 1;
    else if (step.kind === 'many') world.maxRunningJobs = 5;
    if (step.kind !== 'look') continue;
    world.clock.advance(step.minutes * MINUTE_MS);
    did.push(await world.schedule());
    looks.push({ atMs: world.clock.now(), isPaused: world.table.pauses.size > 0 });
  }
  return { world, ids, did, looks };
}

const waitedOf = async (world: SchedulerWorld, id: JobId) => {
  const { items } = await world.jobs.events(id, 100);
  const entry = items.find(({ to }) => to === 'ACQUIRING_CAPACITY');
  return entry === undefined ? undefined : { atMs: entry.atMs, waited: (entry.data?.['waited'] ?? []) as readonly Waited[] };
};

describe('why jobs waited, whatever happens,', () => {
  it('is within their wait, one reason after the other, and was so whenever somebody looked', async () => {
    let [told, looked] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 20, maxLength: 100 }), async (steps) => {
        const { world, ids, looks } = await live(steps, true);
        for (const id of ids) {
          const entry = await waitedOf(world, id);
          if (entry === undefined) continue;
          const { submittedAtMs } = world.job(id);
          const reasons = entry.waited.filter(({ code }) => code !== 'Queued');
          told += reasons.length;
          expect(entry.waited.length).toBeLessThanOrEqual(6);
          for (const [n, { sinceMs, untilMs }] of reasons.entries()) {
            expect(sinceMs).toBeGreaterThanOrEqual(reasons[n - 1]?.untilMs ?? submittedAtMs);
            expect(untilMs).toBeGreaterThan(sinceMs);
            expect(untilMs).toBeLessThanOrEqual(entry.atMs);
          }
          // What comes back is noted again after a minute.
          const paused = reasons.filter(({ code }) => code === 'Paused').flatMap(({ sinceMs, untilMs }) => looks.filter(({ atMs }) => atMs >= sinceMs + MINUTE_MS && atMs < untilMs));
          expect(paused.filter(({ isPaused }) => !isPaused)).toEqual([]);
          looked += paused.length;
        }
      }),
      { numRuns: 100 },
    );
    expect([told, looked].every((count) => count > 30)).toBe(true);
  });

  it('decides nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 20, maxLength: 100 }), async (steps) => {
        const [noting, silent] = [await live(steps, true), await live(steps, false)];
        expect(noting.did).toEqual(silent.did);
        expect(noting.world.started).toEqual(silent.world.started);
        expect([...noting.world.table.jobs.values()]).toEqual([...silent.world.table.jobs.values()]);
      }),
      { numRuns: 60 },
    );
  });
});
