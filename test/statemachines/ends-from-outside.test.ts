import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { requestCancel, requestRelease } from '../../core/lifecycle/request.ts';
import type { StepDispatch } from '../../core/ports/node-commands.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws, statesOf } from './laws.ts';
import { inStep, letGo, sent, unitOfRun, until } from './loss-story.ts';
import { aManifest, noHook } from './manifests.ts';
import { failing } from './step-ends.ts';

const END = 'End the run';
const runOnly = '  hooks:\n    onRun: [{ name: train, script: "true" }]';

let world: InMemoryWorld;
beforeEach(() => {
  world = new InMemoryWorld();
});

const ends = (): readonly StepDispatch[] => world.commands.sent.filter(({ step }) => step.name === END);

/** The job cancels, or its time is over; nobody ends its processes by hand. */
async function endIt(id: JobId, how: 'CANCELLED' | 'TIMED_OUT'): Promise<void> {
  if (how === 'CANCELLED') await world.ask(id, requestCancel);
  else await world.pass(700_000);
  await world.live();
  await expectLaws(world);
}

describe.each(['None', 'Slurm'] as const)('a job of runtime %s without post-run hooks', (runtime) => {
  const running = (): Promise<JobId> => inStep(world, 'train', { more: '', hooks: runOnly, ...(runtime === 'Slurm' ? { runtime } : {}) });

  it.each(['CANCELLED', 'TIMED_OUT'] as const)('has its run ended in order when it is %s, before its machines go', async (how) => {
    const id = await running();
    const unit = unitOfRun(world, id);
    const head = world.node(id, 0);
    await endIt(id, how);
    expect(ends().map(({ step, stopFirst }) => [step.phase, step.ranks, step.system, stopFirst])).toEqual([['postRun', 'head', true, [unit]]]);
    expect(world.commands.begun.at(-1)).toBe(`${head.instanceId}/orch-${id}-1-postRun-0`);
    expect(statesOf(world, id).slice(-5)).toEqual(['RUNNING', 'RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE']);
    expect(world.job(id).outcome).toBe(how);
  });

  it('is told its end again where the first command of it is lost', async () => {
    const id = await running();
    let tries = 0;
    world.gate = (call, [dispatch]) => (call === 'commands.send' && (dispatch as StepDispatch).step.name === END && (tries += 1) === 1 ? 'after' : undefined);
    await endIt(id, 'CANCELLED');
    expect(tries).toBeGreaterThan(1);
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'CANCELLED' });
  });

  it('ends as it was cancelled where the head does not answer any more', async () => {
    const id = await running();
    world.commands.endOf = failing(END);
    await endIt(id, 'CANCELLED');
    expect(statesOf(world, id)).toContain('POST_RUN_FAILED');
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'CANCELLED' });
  });

  it('has no such step when it ends by itself, or its head is lost', async () => {
    const well = await running();
    letGo(world);
    await world.live();
    expect(world.job(well)).toMatchObject({ outcome: 'SUCCEEDED' });
    world.commands.endOf = failing('train');
    const failed = await world.submit(aManifest({ runtime, hooks: runOnly }), 'job-b');
    await world.live();
    expect(world.job(failed)).toMatchObject({ outcome: 'FAILED' });
    const lost = await inStep(world, 'train', { more: '', hooks: runOnly, ...(runtime === 'Slurm' ? { runtime } : {}) }, undefined, 'job-c');
    await world.lose(world.node(lost, 0));
    await world.live();
    expect(world.job(lost)).toMatchObject({ outcome: 'INTERRUPTED' });
    expect(ends()).toEqual([]);
  });
});

describe('a job that is ended from outside', () => {
  it('with post-run hooks ends its run with the first of them', async () => {
    const id = await inStep(world, 'train', { more: '' });
    await endIt(id, 'CANCELLED');
    expect(ends()).toEqual([]);
    expect(world.commands.sent.filter(({ step }) => step.phase === 'postRun').map(({ step, stopFirst }) => [step.name, stopFirst.length])).toEqual([['collect', 2], ['upload', 2]]);
  });

  it('without steps of its own has nothing to end', async () => {
    const cancelled = await world.submit(aManifest({ hooks: noHook }), 'job-a');
    const released = await world.submit(aManifest({ hooks: noHook }), 'job-b');
    await until(world, () => [cancelled, released].every((id) => world.job(id).state === 'RUNNING'));
    await world.ask(released, requestRelease);
    await endIt(cancelled, 'CANCELLED');
    expect([cancelled, released].map((id) => world.job(id).outcome)).toEqual(['CANCELLED', 'SUCCEEDED']);
    expect(sent(world, END)).toBe(0);
  });
});
