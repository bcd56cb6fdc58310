import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeAnswer } from '../../../../core/ports/node-commands.ts';
import { unitName } from '../../../../core/runtimes/node-step.ts';
import { asItsVariablesSay, NOTHING_RAN } from '../../../../lambdas/adapters/simulated/rehearsal.ts';
import { SimulatedNodeCommands } from '../../../../lambdas/adapters/simulated/simulated-node-commands.ts';
import { ManualClock } from '../../../builders/capacity.ts';
import { aDispatch, aNode, aStep } from '../../../builders/nodes.ts';
import { InMemorySimulatedRecords } from '../../../fakes/in-memory-simulated-records.ts';

const head = aNode(0);

describe('a rehearsed step with a time limit', () => {
  let clock: ManualClock;
  let commands: SimulatedNodeCommands;

  beforeEach(() => {
    clock = new ManualClock();
    commands = new SimulatedNodeCommands({ records: new InMemorySimulatedRecords(), rehearsal: asItsVariablesSay, clock });
  });

  const begin = (seconds: number, timeoutSeconds: number): Promise<string> =>
    commands.send(aDispatch({ nodes: [head], step: aStep({ phase: 'run', ranks: 'head', env: { SIMULATED_SECONDS: String(seconds), SIMULATED_EXIT_CODE: '3' }, timeoutSeconds }) }));
  const answer = async (command: string): Promise<Partial<NodeAnswer> | undefined> => (await commands.status(command))?.answers[0];

  it('is stopped at its limit where it would take longer', async () => {
    const command = await begin(600, 60);
    clock.advance(59_999);
    expect(await answer(command)).toMatchObject({ status: 'running' });
    clock.advance(1);
    expect(await answer(command)).toEqual({ instanceId: head.instanceId, status: 'timedOut', exitCode: 124, tail: NOTHING_RAN });
    expect(await commands.status(command)).toMatchObject({ over: true });
  });

  it('ends by itself where that is not later', async () => {
    const command = await begin(60, 60);
    clock.advance(60_000);
    expect(await answer(command)).toMatchObject({ status: 'exited', exitCode: 3 });
  });

  it('is stopped by a later step before its limit, and then has not run out of time', async () => {
    const command = await begin(600, 60);
    clock.advance(1000);
    await commands.send(aDispatch({ nodes: [head], step: aStep({ phase: 'postRun', ranks: 'head' }), stopFirst: [unitName(aDispatch().jobId, 1, 'run', 0)] }));
    clock.advance(600_000);
    expect(await answer(command)).toMatchObject({ status: 'exited', exitCode: 143 });
  });
});
