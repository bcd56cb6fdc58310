import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { costByPool } from '../../core/cost/pool-cost.ts';
import type { StepDispatch } from '../../core/ports/node-commands.ts';
import { ZONES } from '../builders/capacity.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws, statesOf } from './laws.ts';
import { inStep, letGo, sent, told, until } from './loss-story.ts';

const START = 'Start Slurm';

let world: InMemoryWorld;
beforeEach(() => {
  world = new InMemoryWorld();
});

const hooks = '  hooks: { onRun: [{ name: train, script: "#!/bin/bash" }] }';

/** A job that runs on a head and two workers, where no more machines are to be had. */
async function alone(policy: string, runtime: string, step = 'train'): Promise<JobId> {
  const id = await inStep(world, step, { more: `  onNodeLoss: ${policy}`, hooks }, (yaml) => yaml.replace('runtime: { type: None }', `runtime: ${runtime}`));
  for (const zone of ZONES) world.stock(zone, 0);
  return id;
}

const starts = (): readonly StepDispatch[] => world.commands.sent.filter(({ step }) => step.name === START);

async function lived(id: JobId): Promise<void> {
  await world.live();
  await expectLaws(world);
  expect(statesOf(world, id).filter((state) => state === 'RUNNING').length).toBeLessThanOrEqual(1);
}

describe('a job under Slurm that loses a worker, and there is no other to be had', () => {
  it.each([
    ['is requeued and needs fewer', 'Requeue', '{ type: Slurm, nodes: 1 }'],
    ['goes on without lost nodes', 'Replace', '{ type: Slurm }'],
    ['goes on without them and needs fewer', 'Replace', '{ type: Slurm, nodes: 1 }'],
  ])('goes on with the nodes that are left where it %s', async (_, policy, runtime) => {
    const id = await alone(policy, runtime);
    const lost = world.node(id, 1);
    await world.lose(lost);
    await until(world, () => starts().length === 2);
    expect(starts().at(-1)?.nodes.map(({ name }) => name)).toEqual(['head-0', 'workers-1']);
    expect(starts().at(-1)?.clusterFiles?.['workers']).toBe('workers-1\n');
    const [spared] = world.history(id).filter(({ type }) => type === 'NodeSpared');
    expect(spared?.message).toMatch(/^workers-0 .* is gone, and could not be replaced: 1 are short .*The job goes on without, with 2 nodes\.$/);
    letGo(world);
    await lived(id);
    expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'SUCCEEDED' });
    expect(sent(world, 'train')).toBe(1);
    expect(told(world, id).filter((type) => type === 'NodeSpared')).toHaveLength(1);
  });

  it.each([
    ['is requeued and wants all its workers', 'Requeue', '{ type: Slurm }', 1],
    ['is requeued and wants as many as there were', 'Requeue', '{ type: Slurm, nodes: 2 }', 1],
    ['would go on without them, and wants more than are left', 'Replace', '{ type: Slurm, nodes: 2 }', 1],
    ['has no worker left', 'Requeue', '{ type: Slurm, nodes: 1 }', 2],
    ['would go on, and has no worker left', 'Replace', '{ type: Slurm }', 2],
    ['is not under Slurm', 'Replace', '{ type: None }', 1],
  ])('is interrupted where it %s', async (_, policy, runtime, losses) => {
    const id = await alone(policy, `${runtime}\n  retry: { maxAttempts: 1 }`);
    const nodes = [1, 2].slice(0, losses).map((rank) => world.node(id, rank));
    for (const node of nodes) world.capacity.machines.reclaim(node.instanceId);
    await world.notify({ instanceId: world.node(id, 1).instanceId, kind: 'gone' });
    await until(world, () => world.job(id).outcome !== undefined);
    letGo(world);
    await lived(id);
    expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'INTERRUPTED', reason: { code: 'NodeLost', message: expect.stringContaining('could not be replaced') } });
    expect(told(world, id)).not.toContain('NodeSpared');
  });

  it('is interrupted while the cluster comes up: nothing runs yet that could go on', async () => {
    const id = await alone('Requeue', '{ type: Slurm, nodes: 1 }\n  retry: { maxAttempts: 1 }', START);
    await world.lose(world.node(id, 1));
    await until(world, () => world.job(id).outcome !== undefined);
    letGo(world);
    await lived(id);
    expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'INTERRUPTED' });
  });

  it('is replaced where there is one', async () => {
    const id = await alone('Requeue', '{ type: Slurm, nodes: 1 }');
    const { zone } = world.node(id, 1);
    world.stock(zone, 1);
    await world.lose(world.node(id, 1));
    await until(world, () => starts().length === 2);
    expect(starts().at(-1)?.nodes.map(({ rank }) => rank)).toEqual([0, 1, 2]);
    letGo(world);
    await lived(id);
    expect(told(world, id)).not.toContain('NodeSpared');
  });

  it('loses them one after the other, as long as it can spare them', async () => {
    const id = await alone('Replace', '{ type: Slurm }\n  retry: { maxAttempts: 1 }');
    await world.lose(world.node(id, 1));
    await until(world, () => starts().length === 2);
    await world.tick(5);
    await world.lose(world.node(id, 2));
    await until(world, () => world.job(id).outcome !== undefined);
    letGo(world);
    await lived(id);
    expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED' });
  });

  it('pays for the lost one until then', async () => {
    const id = await alone('Requeue', '{ type: Slurm, nodes: 1 }');
    await world.lose(world.node(id, 1));
    await until(world, () => told(world, id).includes('NodeSpared'));
    const nodes = world.table.nodes.get(`${id}/1`) ?? [];
    const lost = nodes.filter(({ goneAtMs }) => goneAtMs !== undefined);
    expect(lost.map(({ name, rank }) => [name, rank])).toEqual([['workers-0', 1]]);
    expect(nodes).toHaveLength(3);
    const later = world.clock.now();
    world.clock.advance(3_600_000);
    expect(costByPool(lost, world.clock.now())).toEqual(costByPool(lost, later));
    letGo(world);
    await lived(id);
  });

  it('goes on the same way when the task dies once it has found none', async () => {
    const id = await alone('Requeue', '{ type: Slurm, nodes: 1 }');
    let deaths = 0;
    world.gate = (call) => (call === 'attempts.putNodes' && (deaths += 1) <= 2 ? (deaths === 1 ? 'before' : 'after') : undefined);
    await world.lose(world.node(id, 1));
    await until(world, () => starts().length === 2);
    letGo(world);
    await lived(id);
    expect(deaths).toBeGreaterThan(1);
    expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'SUCCEEDED' });
  });
});

describe('a job with Slurm that was accepted before there was any', () => {
  it('runs as it did then: its steps on the head node', async () => {
    world.slurm = undefined;
    const id = await inStep(world, 'train', { more: '  onNodeLoss: Requeue', runtime: 'Slurm' });
    for (const [key, nodes] of world.table.nodes) world.table.nodes.set(key, nodes.map(({ hardware: _hardware, ...node }) => node));
    expect(world.commands.sent.map(({ step }) => step.name)).toEqual(['Share /data', 'install', 'train']);
    await world.lose(world.node(id, 1));
    letGo(world);
    await world.live();
    await expectLaws(world);
    expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
    expect(sent(world, START)).toBe(0);
  });
});
