import { beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidRequestError } from '../../../../core/errors/orchestrator-error.ts';
import { jobId } from '../../../../core/job/ids.ts';
import type { LogQuery } from '../../../../core/ports/job-logs.ts';
import { asItsVariablesSay } from '../../../../lambdas/adapters/simulated/rehearsal.ts';
import { SimulatedJobLogs } from '../../../../lambdas/adapters/simulated/simulated-job-logs.ts';
import { SimulatedNodeCommands } from '../../../../lambdas/adapters/simulated/simulated-node-commands.ts';
import { ManualClock } from '../../../builders/capacity.ts';
import { aDispatch, aStep } from '../../../builders/nodes.ts';
import { InMemorySimulatedRecords } from '../../../fakes/in-memory-simulated-records.ts';

const { jobId: id } = aDispatch();

describe('the log of a rehearsal', () => {
  const clock = new ManualClock();
  let logs: SimulatedJobLogs;

  beforeEach(async () => {
    const records = new InMemorySimulatedRecords();
    const commands = new SimulatedNodeCommands({ records, rehearsal: asItsVariablesSay, clock });
    logs = new SimulatedJobLogs(records);
    await commands.send(aDispatch({ step: aStep({ name: 'install' }) }));
    clock.advance(1000);
    await commands.send(aDispatch({ step: aStep({ name: 'train', phase: 'run', ranks: 'head' }) }));
  });

  const read = async (query: Partial<LogQuery> = {}, limit = 100): Promise<readonly string[]> => {
    const told: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await logs.read({ jobId: id, ...query }, limit, cursor);
      told.push(...page.items.map(({ attempt, node, step, message }) => `${attempt} ${node} ${step}: ${message}`));
      cursor = page.cursor;
    }
    return told;
  };
  const whole = [
    '1 head-0 install: simulated: nothing ran', '1 workers-0 install: simulated: nothing ran', '1 workers-1 install: simulated: nothing ran', '1 head-0 train: simulated: nothing ran',
  ];

  it('says of each step and node that nothing ran, in order, whatever the page', async () => {
    expect(await read()).toEqual(whole);
    for (const limit of [1, 2, 3]) expect(await read({}, limit)).toEqual(whole);
  });

  it('looks only for what is asked', async () => {
    expect(await read({ step: 'train' })).toEqual(whole.slice(3));
    expect(await read({ node: 'workers-1' })).toEqual(whole.slice(2, 3));
    expect(await read({ attempt: 2 })).toEqual([]);
    expect(await read({ sinceMs: clock.now() })).toEqual(whole.slice(3));
    expect(await read({ jobId: jobId('01hother000000000000000000') })).toEqual([]);
  });

  it('refuses a cursor of another listing', async () => {
    await expect(logs.read({ jobId: id }, 10, '1700000000.3')).rejects.toBeInstanceOf(InvalidRequestError);
  });
});
