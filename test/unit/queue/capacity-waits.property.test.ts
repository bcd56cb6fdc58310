import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jobId, type JobId } from '../../../core/job/ids.ts';
import { back, failed, fields, MINUTE_MS, TIMEOUT_MS } from './lack-of-capacity.ts';
import { SchedulerWorld } from './scheduler-world.ts';

type Step = { readonly kind: 'submit' | 'finds' | 'fails' | 'back' | 'ends' | 'look' } | { readonly kind: 'limit'; readonly jobs: number };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('submit' as const, 'finds' as const, 'fails' as const, 'back' as const, 'ends' as const).map((kind) => ({ kind })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }).map((jobs) => ({ kind: 'limit', jobs }) as const) },
  { weight: 6, arbitrary: fc.constant({ kind: 'look' } as const) },
);

const isSeeking = (world: SchedulerWorld, id: string): boolean => world.job(jobId(id)).state === 'ACQUIRING_CAPACITY';
const running = (world: SchedulerWorld): readonly string[] => world.holding().filter((id) => !isSeeking(world, id));

describe('whatever happens', () => {
  it('a job is given up exactly when there was no capacity in every cycle of its time, and room but for who asks for all, and none is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 10, maxLength: 60 }), async (steps) => {
        const world = new SchedulerWorld();
        const ids: JobId[] = [];
        let heldFromMs: number | undefined;
        let isNoted = false;
        for (const [index, step] of steps.entries()) {
          const [seeks] = world.holding().filter((id) => isSeeking(world, id));
          const [runs = seeks] = running(world);
          if (step.kind === 'submit') ids.push(await world.submit(`job${index}`, {}, fields));
          else if (step.kind === 'fails') await failed(world, 100 * 3_600_000, 'SpotReclaimed');
          else if (step.kind === 'back') back(world);
          else if (step.kind === 'limit') world.maxRunningJobs = step.jobs;
          else if (step.kind === 'finds' && seeks !== undefined) await world.configure(jobId(seeks));
          else if (step.kind === 'ends' && runs !== undefined) await world.end(jobId(runs));
          world.clock.advance(4 * MINUTE_MS);
          const nowMs = world.clock.now();
          const before = new Set(ids.filter((id) => world.job(id).state === 'PENDING'));
          await world.schedule();
          const isShort = world.table.cooldowns.size > 0;
          // Who seeks what there is none of takes no room from the others, but where none is left nobody looks.
          const isLooked = world.holding().length < world.maxRunningJobs;
          const isHeld = isShort && running(world).length < world.maxRunningJobs;
          if (isLooked) isNoted = isShort;
          heldFromMs = isHeld && isNoted ? (heldFromMs ?? nowMs) : undefined;
          const pending = ids.filter((id) => world.job(id).state === 'PENDING');
          for (const id of before) {
            const { state, outcome, submittedAtMs } = world.job(id);
            const isOver = isLooked && heldFromMs !== undefined && nowMs - Math.max(heldFromMs, submittedAtMs) >= TIMEOUT_MS;
            expect(state === 'DONE' && outcome === 'NO_CAPACITY').toBe(isOver);
            expect(state === 'PENDING').toBe(world.table.queue.has(id));
          }
          // Where nobody waits, nobody is found waiting.
          if (pending.length === 0) [heldFromMs, isNoted] = [undefined, false];
        }
      }),
      { numRuns: 60 },
    );
  });
});
