import { beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs, type JobId } from '../../core/job/ids.ts';
import type { StepRecord } from '../../core/lifecycle/wait.ts';
import type { TaskTokens } from '../../core/ports/executions.ts';
import { leaveStep } from '../../lambdas/lifecycle/await-nodes/left-step.ts';
import { settleStep } from '../../lambdas/lifecycle/settle-step.ts';
import { InMemoryAttemptStore } from '../fakes/in-memory-attempt-store.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { inStep, letGo } from './loss-story.ts';

describe('a step that has ended has one entry in the history', () => {
  let world: InMemoryWorld;
  let id: JobId;
  let record: StepRecord;
  const kept = async (): Promise<StepRecord> => {
    const known = await world.ports.attempts.step(id, 1, 'run/0');
    if (known === undefined) throw new Error('the run has not begun');
    return known;
  };
  const ends = (): number => world.history(id).filter(({ type, data }) => type === 'StepFinished' && data?.['step'] === 'run/0').length;

  beforeEach(async () => {
    world = new InMemoryWorld();
    world.deliveries = 0;
    id = await inStep(world, 'train', { more: '' });
    letGo(world);
    record = await kept();
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

  it('where whoever wrote the record of its end died before it told the history', async () => {
    const { jobs } = world.ports;
    const dying = Object.assign(Object.create(jobs), { commit: () => Promise.reject(new Error('died')) });
    await expect(settleStep({ ...world.ports, jobs: dying }, record)).rejects.toThrow('died');
    expect([ends(), await kept()]).toEqual([0, expect.objectContaining({ answer: expect.objectContaining({ kind: 'stepDone' }) })]);
    const endsWhenAnswered: number[] = [];
    const tokens: TaskTokens = { answer: async (...given) => (endsWhenAnswered.push(ends()), world.ports.tokens.answer(...given)) };
    await settleStep({ ...world.ports, tokens }, await kept());
    await settleStep({ ...world.ports, tokens }, await kept());
    expect(endsWhenAnswered[0]).toBe(1);
    await world.live();
    expect(ends()).toBe(1);
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
  });

  it('where somebody else sees it between the record and the history', async () => {
    const order: string[] = [];
    const tokens: TaskTokens = { answer: async (...given) => (order.push(`answered after ${ends()}`), world.ports.tokens.answer(...given)) };
    const { jobs } = world.ports;
    let other: Promise<void> | undefined;
    const slow = Object.assign(Object.create(jobs), {
      getWithWait: async (job: JobId) => {
        other ??= kept().then((ended) => settleStep({ ...world.ports, tokens }, ended));
        await other;
        return jobs.getWithWait(job);
      },
    });
    await settleStep({ ...world.ports, tokens, jobs: slow }, record);
    expect(order[0]).toBe('answered after 1');
    await world.live();
    expect(ends()).toBe(1);
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

describe('a step that was left when nodes were lost', () => {
  it('has no end in the history, whoever hears of its command later', async () => {
    const world = new InMemoryWorld();
    const id = await inStep(world, 'install', { more: '' });
    const { step = '' } = (await world.ports.attempts.wait(id)) ?? {};
    await leaveStep(world.ports, world.job(id), 1);
    const left = await world.ports.attempts.step(id, 1, step);
    if (left === undefined) throw new Error('the step has no record');
    expect(left).toMatchObject({ answer: { kind: 'replace' } });
    await settleStep(world.ports, left);
    expect(world.history(id).filter(({ type, data }) => type === 'StepFinished' && data?.['step'] === step)).toEqual([]);
  });
});
