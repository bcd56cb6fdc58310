import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JobId } from '../../core/job/ids.ts';
import { requestCancel } from '../../core/lifecycle/request.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws } from './laws.ts';
import { aManifest } from './manifests.ts';

describe('any single fault', () => {
  it('loses no job, runs no step twice, leaves no instance', async () => {
    const sample = new InMemoryWorld();
    let total = 0;
    sample.gate = () => ((total += 1), undefined);
    await sample.submit(aManifest(), 'job-a');
    await sample.live();
    for (let at = 1; at <= total; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const world = new InMemoryWorld();
        let count = 0;
        world.gate = () => ((count += 1) === at ? when : undefined);
        await world.submit(aManifest(), 'job-a');
        await world.live(80);
        await expectLaws(world);
      }
    }
    expect(total).toBeGreaterThan(50);
  }, 240_000);
});

describe('many jobs under random faults', () => {
  it('keep the laws and the limit', async () => {
    const plan = fc.record({
      faults: fc.array(fc.record({ at: fc.nat({ max: 600 }), when: fc.constantFrom('before' as const, 'after' as const) }), { maxLength: 25 }),
      cancels: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
      fails: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
      free: fc.integer({ min: 3, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ faults, cancels, fails, free }) => {
        const world = new InMemoryWorld();
        for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, free);
        let count = 0;
        const byCall = new Map(faults.map((fault) => [fault.at, fault.when]));
        world.gate = () => byCall.get((count += 1));
        world.commands.endOf = (dispatch) => ({ status: 'exited', exitCode: fails.includes(Number(dispatch.jobId.slice(4))) && dispatch.step.phase === 'run' ? 1 : 0, tail: '' });
        const ids: JobId[] = [];
        for (let n = 0; n < 12; n += 1) ids.push(await world.submit(aManifest(), `job-${n}`));
        for (let n = 0; n < 100 && !world.isOver(); n += 1) {
          const cancelled = ids[cancels[n] ?? -1];
          if (cancelled !== undefined) await world.ask(cancelled, requestCancel).catch(() => undefined);
          await world.tick(15);
          const held = [...world.table.uses.values()].reduce((sum, share) => sum + share.runningJobs, 0);
          expect(held).toBeLessThanOrEqual(world.deployment.limits.maxRunningJobs);
        }
        await world.live(60);
        await expectLaws(world);
      }),
      { numRuns: 15 },
    );
  }, 240_000);
});
