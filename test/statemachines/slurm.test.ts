import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import type { SchedulerReport } from '../../core/job/job.ts';
import type { JobState } from '../../core/lifecycle/states.ts';
import type { StepDispatch } from '../../core/ports/node-commands.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws, statesOf } from './laws.ts';
import { inStep, letGo, sent, told, unitOfRun, until } from './loss-story.ts';
import { aManifest } from './manifests.ts';

const START = 'Start Slurm';
const TELL = 'Tell Slurm of lost nodes';
const requeue = '  onNodeLoss: Requeue';

let world: InMemoryWorld;
beforeEach(() => {
  world = new InMemoryWorld();
});

const running = (more: string): Promise<JobId> => inStep(world, 'train', { more, runtime: 'Slurm' });
const dispatches = (name: string): readonly StepDispatch[] => world.commands.sent.filter(({ step }) => step.name === name);
const report = (fields: Partial<SchedulerReport> = {}): SchedulerReport => ({ id: '1', state: 'COMPLETED', nodes: 'workers-[0-1]', restarts: 0, ...fields });

async function lived(id: JobId): Promise<readonly JobState[]> {
  await world.live();
  await expectLaws(world);
  await expectSecretKept(world, id);
  return statesOf(world, id);
}

/** What the nodes share is in the files that they fetch, and in nothing that is kept or told. */
async function expectSecretKept({ table, secrets }: InMemoryWorld, id: JobId): Promise<void> {
  const kept = JSON.stringify(Object.values(table), (_, value: unknown) => (value instanceof Map ? [...value] : value));
  expect(kept).toContain(id);
  for (const attempt of [1, 2, 3]) expect(kept).not.toContain(await secrets.of(id, attempt));
}

/** The run ends as its scheduler says. */
function endRun(id: JobId, exitCode: number, scheduler: SchedulerReport, tail = ''): void {
  world.commands.end(world.node(id, 0), unitOfRun(world, id), { status: 'exited', exitCode, tail, scheduler });
}

describe('a job under Slurm', () => {
  it('starts the cluster after the hooks, on all nodes, with files made of them', async () => {
    const id = await running('');
    expect(world.commands.sent.map(({ step }) => step.name)).toEqual(['Share /data', 'install', START, 'train']);
    const [start] = dispatches(START);
    expect(start?.nodes.map(({ rank }) => rank)).toEqual([0, 1, 2]);
    expect(start?.clusterFiles?.['munge.key']).toBe(await world.secrets.of(id, 1));
    expect(world.commands.sent.filter(({ clusterFiles }) => clusterFiles !== undefined)).toHaveLength(1);
    expect(world.node(id, 1).hardware).toMatchObject({ gpus: 0, vcpus: expect.any(Number), cores: expect.any(Number) });
    letGo(world);
    expect(await lived(id)).toContain('SUCCEEDED');
  });

  it('keeps what Slurm said of it, with the end of the step and in its history', async () => {
    const id = await running('');
    const scheduler = report({ state: 'FAILED', reason: 'NonZeroExitCode' });
    endRun(id, 7, scheduler, 'Slurm job 1 FAILED');
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE']);
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', exitCode: 7, scheduler, reason: { message: expect.stringContaining('Slurm job 1 FAILED') } });
    const ends = world.history(id).filter(({ type, data }) => type === 'StepFinished' && data?.['scheduler'] !== undefined);
    expect(ends.map(({ data }) => data)).toEqual([expect.objectContaining({ step: 'run/0', scheduler })]);
  });
});

describe('a job under Slurm that loses a worker', () => {
  it('is requeued: Slurm is told, the new node joins in a round, and the same run goes on to its end', async () => {
    const id = await running(requeue);
    const lost = world.node(id, 2);
    await world.lose(lost);
    await until(world, () => sent(world, START) === 2);
    const [tell, ...more] = dispatches(TELL);
    expect(more).toEqual([]);
    expect(tell).toMatchObject({ step: { phase: 'aside', index: 1, ranks: 'head', env: { LOST_NODES: `${lost.name}=${lost.address}` } }, stopFirst: [] });
    expect(tell?.nodes.map(({ rank }) => rank)).toEqual([0, 1, 2]);
    const fresh = world.node(id, 2);
    expect(fresh.instanceId).not.toBe(lost.instanceId);
    const [first, second] = dispatches(START);
    expect(second?.nodes.map(({ instanceId }) => instanceId)).toEqual([0, 1, 2].map((rank) => world.node(id, rank).instanceId));
    expect(second?.clusterFiles?.['munge.key']).toBe(first?.clusterFiles?.['munge.key']);
    expect(world.job(id).state).toBe('RUNNING');
    await world.tick(5);
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    endRun(id, 0, report({ restarts: 1 }));
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']);
    expect(sent(world, 'train')).toBe(1);
    expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED', attempt: 1, scheduler: { restarts: 1 } });
  });

  it('tells of each loss once, also where the next comes while nodes are awaited', async () => {
    const id = await running(requeue);
    let looks = 0;
    world.mute = (index) => index > 3 && looks < 3;
    world.gate = (call) => {
      if (call === 'commands.online' && (looks += 1) === 1) world.capacity.machines.reclaim(world.node(id, 1).instanceId);
      return undefined;
    };
    await world.lose(world.node(id, 2));
    await until(world, () => sent(world, START) === 2);
    expect(told(world, id).filter((type) => type === 'NodeReplaced')).toHaveLength(2);
    await world.tick(5);
    await world.lose(world.node(id, 2));
    await until(world, () => sent(world, START) === 3);
    expect(dispatches(TELL).map(({ step }) => [step.index, step.env['LOST_NODES']?.split('=')[0]])).toEqual([
      [1, 'workers-1'], [2, 'workers-0'], [3, 'workers-1'],
    ]);
    letGo(world);
    expect(await lived(id)).toContain('SUCCEEDED');
  });

  it('goes on where Slurm cannot be told', async () => {
    const id = await running(requeue);
    world.gate = (call, [dispatch]) => (call === 'commands.send' && (dispatch as StepDispatch).step.phase === 'aside' ? 'before' : undefined);
    await world.lose(world.node(id, 1));
    await until(world, () => sent(world, START) === 2);
    expect(sent(world, TELL)).toBe(0);
    letGo(world);
    expect(await lived(id)).toContain('SUCCEEDED');
  });

  it('ends with the name of the node where it is to fail, and nobody is told', async () => {
    const id = await running('  onNodeLoss: Fail');
    const lost = world.node(id, 1);
    await world.lose(lost);
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    expect(await lived(id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', attempt: 1, reason: { code: 'NodeLost', message: expect.stringContaining(lost.name) } });
    expect(sent(world, TELL)).toBe(0);
  });

  it('was interrupted where Slurm ends the job before anybody else has seen the loss', async () => {
    const id = await running('  onNodeLoss: Fail');
    const lost = world.node(id, 2);
    world.capacity.machines.reclaim(lost.instanceId);
    endRun(id, 1, report({ state: 'NODE_FAIL' }), 'Slurm job 1 NODE_FAIL');
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    expect(await lived(id)).toContain('RUN_FAILED');
    const { outcome, reason, scheduler } = world.job(id);
    expect({ outcome, scheduler }).toMatchObject({ outcome: 'INTERRUPTED', scheduler: { state: 'NODE_FAIL' } });
    expect(reason).toMatchObject({ code: 'NodeLost', message: expect.stringMatching(/workers-1 .*was gone.*NODE_FAIL/s) });
  });

  it('was interrupted where Slurm ended the job for a node, though none is missed any more', async () => {
    const id = await running('  onNodeLoss: Replace');
    endRun(id, 1, report({ state: 'NODE_FAIL' }), 'Slurm job 1 NODE_FAIL');
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    expect(await lived(id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', exitCode: 1, reason: { code: 'NodeLost', message: expect.stringContaining('Slurm job 1 NODE_FAIL') } });
  });

  it('tells nobody while the cluster comes up: the next start has the new nodes', async () => {
    const id = await inStep(world, START, { more: requeue, runtime: 'Slurm' });
    await world.lose(world.node(id, 1));
    await until(world, () => sent(world, START) === 2);
    expect(sent(world, TELL)).toBe(0);
    expect(world.job(id).state).toBe('CONFIGURING');
    letGo(world);
    expect(await lived(id)).toContain('SUCCEEDED');
  });
});

describe('a job under Slurm that loses its head', () => {
  it('is run again from the queue, with a secret of its own and without what Slurm said before', async () => {
    const id = await running(requeue);
    await world.lose(world.node(id, 0));
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    expect((await lived(id)).filter((state) => state === 'ACQUIRING_CAPACITY')).toHaveLength(2);
    expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
    expect(world.job(id).scheduler).toBeUndefined();
    expect(sent(world, TELL)).toBe(0);
    expect(dispatches(START).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(new Set(dispatches(START).map(({ clusterFiles }) => clusterFiles?.['munge.key'])).size).toBe(2);
  });
});

describe('the secret of an attempt that cannot be had', () => {
  it('is asked for again, and the job starts then', async () => {
    let asked = 0;
    world.gate = (call) => (call === 'secrets.of' && (asked += 1) < 3 ? 'before' : undefined);
    const id = await world.submit(aManifest({ runtime: 'Slurm' }), 'job-a');
    expect(await lived(id)).toContain('SUCCEEDED');
    expect(asked).toBe(3);
  });
});
