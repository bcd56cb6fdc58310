import { beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs, type JobId } from '../../core/job/ids.ts';
import type { StepRecord } from '../../core/lifecycle/wait.ts';
import { settleStep } from '../../lambdas/lifecycle/settle-step.ts';
import { InMemoryAttemptStore } from '../fakes/in-memory-attempt-store.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { inStep, letGo } from './loss-story.ts';

describe('a step that has ended has one entry in the history', () => {
  let world: InMemoryWorld;
  let id: JobId;
  let record: StepRecord;
  const ends = (): number => world.history(id).filter(({ type, data }) => type === 'StepFinished' && data?.['step'] === 'run/0').length;

  beforeEach(async () => {
    world = new InMemoryWorld();
    world.deliveries = 0;
    id = await inStep(world, 'train', { more: '' });
    letGo(world);
    const begun = await world.ports.attempts.step(id, 1, 'run/0');
    if (begun === undefined) throw new Error('the run has not begun');
    record = begun;
  });

  it('where several see its end at once', async () => {
    const startMs = world.clock.now();
    let looks = 0;
    const clock = { now: () => epochMs(startMs + (looks += 1)) };
    await Promise.all([1, 2, 3].map(() => settleStep({ ...world.ports, clock }, record)));
    await world.live();
    expect(ends()).toBe(1);
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
  });

  it('where the record of its end is written again, since the answer to the first time was lost', async () => {
    class WritesTwice extends InMemoryAttemptStore {
      override async updateStep(step: StepRecord): Promise<boolean> {
        await super.updateStep(step);
        return super.updateStep(step);
      }
    }
    await settleStep({ ...world.ports, attempts: new WritesTwice(world.table) }, record);
    expect(ends()).toBe(1);
  });
});
