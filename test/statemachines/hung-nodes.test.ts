import { beforeEach, describe, expect, it } from '@jest/globals';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import { epochMs, type JobId } from '../../core/job/ids.ts';
import { reconcile } from '../../lambdas/lifecycle/reconcile/reconcile.ts';
import { aNode } from '../builders/nodes.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { lived, tickUntil } from './lived.ts';
import { aManifest } from './manifests.ts';
import { hanging } from './step-ends.ts';

let world: InMemoryWorld;

beforeEach(() => {
  world = new InMemoryWorld();
});

describe('a node that hangs while EC2 runs it', () => {
  const running = async (policy: string): Promise<JobId> => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest({ more: `  onNodeLoss: ${policy}` }), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    return id;
  };
  const told = (id: JobId): readonly string[] => world.history(id).filter(({ type }) => type === 'Reconciled').map(({ message }) => message);

  it('is terminated after five minutes and then lost, and not before', async () => {
    const id = await running('Fail');
    const { instanceId } = world.node(id, 2);
    world.capacity.machines.hanging.set(instanceId, world.clock.now());
    for (let n = 0; n < 19; n += 1) await world.tick(15);
    expect(world.job(id)).toMatchObject({ state: 'RUNNING' });
    expect(told(id)).toEqual([]);
    await world.tick(15);
    await world.tick(15);
    expect(told(id)).toEqual([expect.stringContaining('hangs: EC2 runs it and has not reached it for minutes. Terminated.')]);
    expect(await lived(world, id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', reason: { code: 'NodeLost', message: expect.stringContaining(instanceId) } });
    const why = diagnose({ job: world.job(id), history: world.history(id), nowMs: world.clock.now() });
    expect(why).toMatchObject({ cause: 'NodeHung', certainty: 'certain', sentence: expect.stringContaining('hangs: EC2 runs it and has not reached it') });
  });

  it('is replaced where lost nodes are, and its offering does not cool for it', async () => {
    const id = await running('Replace');
    const { instanceId } = world.node(id, 2);
    world.capacity.machines.hanging.set(instanceId, epochMs(world.clock.now() - 300_000));
    for (let n = 0; n < 40 && !world.history(id).some(({ type }) => type === 'NodeReplaced'); n += 1) await world.tick(15);
    expect(world.node(id, 2).instanceId).not.toBe(instanceId);
    expect(world.job(id)).toMatchObject({ state: 'RUNNING', attempt: 1 });
    expect(told(id)).toHaveLength(1);
    expect([...world.table.cooldowns.values()]).toEqual([]);
  });

  it('is left alone where EC2 reaches it again by the time that it is asked once more', async () => {
    const id = await running('Fail');
    const { instanceId } = world.node(id, 2);
    const machines = world.capacity.machines;
    machines.hanging.set(instanceId, epochMs(world.clock.now() - 600_000));
    const looks: (readonly string[] | undefined)[] = [];
    world.capacity.impaired = async (among) => {
      looks.push(among);
      const answer = await machines.impaired(among);
      if (among === undefined) machines.hanging.clear();
      return answer;
    };
    await world.tick(60);
    expect(looks.slice(0, 2)).toEqual([undefined, [instanceId]]);
    expect(told(id)).toEqual([]);
    expect(world.job(id)).toMatchObject({ state: 'RUNNING' });
  });

  it('is left alone while most machines of its zone hang, which is logged with the zone', async () => {
    const id = await running('Fail');
    const { machines } = world.capacity;
    const sinceMs = epochMs(world.clock.now() - 600_000);
    const [own, ...others] = await machines.describeAll();
    if (own === undefined) throw new Error('no machines');
    const zone = Array.from({ length: 10 }, (_, i) => ({ ...own, instanceId: aNode(100 + i).instanceId }));
    world.capacity.describeAll = async () => [own, ...others, ...zone];
    world.capacity.impaired = async () => [own, ...zone].map((machine) => ({ instanceId: machine.instanceId, sinceMs }));
    const errors: unknown[] = [];
    const log = { info: () => undefined, error: (message: string, facts: Record<string, unknown>) => void errors.push([message, facts]) };
    await reconcile({ ...world.ports, log });
    const there = [own, ...others].filter((machine) => machine.zone === own.zone).length + zone.length;
    expect(errors).toContainEqual(['many instances of a zone are not reached: none of them is terminated for it', { zone: own.zone, impaired: 11, running: there }]);
    expect(told(id)).toEqual([]);
    expect(await machines.find(own.instanceId)).toMatchObject({ state: 'running' });
  });

  it('keeps no job from its turn where nobody says which ones hang', async () => {
    const id = await running('Fail');
    world.capacity.impaired = async () => {
      throw new Error('EC2 does not say');
    };
    world.capacity.machines.reclaim(world.node(id, 1).instanceId);
    await world.tick(15);
    expect(await lived(world, id)).toContain('RUN_FAILED');
  });
});
