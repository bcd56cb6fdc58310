import { describe, expect, it } from '@jest/globals';
import type { StepRecord } from '../../../core/lifecycle/wait.ts';
import type { NodeCommands } from '../../../core/ports/node-commands.ts';
import { settleStep } from '../../../lambdas/lifecycle/settle-step.ts';
import { InMemoryWorld } from '../../statemachines/in-memory-world.ts';
import { inStep } from '../../statemachines/loss-story.ts';

/** A job in a step of all its nodes which every one has ended but the last, and that one cannot be reached. */
async function withSilentNode(name: string, policy: string, lost: 'lost' | 'unbooted' = 'lost') {
  const world = new InMemoryWorld();
  const id = await inStep(world, name, { more: `  onNodeLoss: ${policy}` });
  const silent = Number.parseInt(world.node(id, 2).instanceId.slice(2), 16);
  world.mute = (index) => index === silent;
  const [key, found] = [...world.table.steps].find(([, step]) => step.name === name) ?? [];
  if (key === undefined || found === undefined) throw new Error(`no step ${name}`);
  const record: StepRecord = { ...found, ranks: 'all' };
  world.table.steps.set(key, record);
  const answers = [0, 1, 2].map((rank) => ({ instanceId: world.node(id, rank).instanceId, status: rank === 2 ? lost : ('exited' as const), exitCode: 0 }));
  const commands: NodeCommands = {
    online: async () => new Set(),
    send: async () => 'command',
    status: async (commandId) => ({ commandId, jobId: id, attempt: 1, step: record.step, answers, over: true }),
    cancel: async () => undefined,
  };
  return {
    settle: () => settleStep({ ...world.ports, commands }, record),
    kept: () => world.table.steps.get(key),
  };
}

describe('a step whose node cannot be reached', () => {
  it('has ended where it is gone through once more', async () => {
    const { settle, kept } = await withSilentNode('install', 'Replace');
    await settle();
    expect(kept()).toMatchObject({ answer: { kind: 'replace' }, finishedAtMs: expect.any(Number) });
  });

  it.each(['Fail', 'Replace'])('has ended with the attempt where it is one of the run, whatever becomes of other nodes: %s', async (policy) => {
    const { settle, kept } = await withSilentNode('train', policy);
    await settle();
    expect(kept()).toMatchObject({ answer: { kind: 'interrupted', reason: { message: expect.stringMatching(/^workers-1 .*cannot be reached any more\.$/) } } });
  });
});

describe('a step whose node never booted', () => {
  it.each([['install', 'Replace', 'replace'], ['install', 'Fail', 'interrupted'], ['train', 'Replace', 'interrupted']])('has ended as if that were lost: %s, %s', async (name, policy, kind) => {
    const { settle, kept } = await withSilentNode(name, policy, 'unbooted');
    await settle();
    expect(kept()).toMatchObject({ answer: { kind, reason: { code: 'NodeLost', message: expect.stringMatching(/^workers-1 .*did not end booting: see the log of the step\.$/) } } });
  });
});
