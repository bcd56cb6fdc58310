import { describe, expect, it } from '@jest/globals';
import { jobId } from '../../../../core/job/ids.ts';
import { packed } from '../../../../lambdas/adapters/dynamodb/packed.ts';
import { asItsVariablesSay } from '../../../../lambdas/adapters/simulated/rehearsal.ts';
import { SimulatedMachines } from '../../../../lambdas/adapters/simulated/simulated-machines.ts';
import { SimulatedNodeCommands } from '../../../../lambdas/adapters/simulated/simulated-node-commands.ts';
import type { SimulatedAttempt } from '../../../../lambdas/adapters/simulated/simulated-records.ts';
import { MOST_NODES_OF_A_REHEARSAL } from '../../../../lambdas/adapters/simulated/simulated-records.ts';
import { aGang, aPool, ManualClock } from '../../../builders/capacity.ts';
import { aDispatch, aNode, aStep } from '../../../builders/nodes.ts';
import { InMemorySimulatedRecords } from '../../../fakes/in-memory-simulated-records.ts';

const MOST_BYTES_OF_AN_ITEM = 400 * 1024;
/** As many hooks as a phase may have, and the system's own steps. */
const STEPS_ON_ALL_NODES = 50 + 4;

describe('the record of a rehearsal', () => {
  it('fits into an item of the table with the most nodes that one may have, and every hook on all of them', async () => {
    const clock = new ManualClock();
    const records = new InMemorySimulatedRecords();
    const machines = new SimulatedMachines({ records, settings: { capacity: [], usdPerHour: {} }, clock });
    const id = jobId('01hjob0000000000000000000a');
    const count = MOST_NODES_OF_A_REHEARSAL;
    const planned = {
      jobId: id, attempt: 1, ordinal: 1, pool: 'workers', count, minimum: count, market: 'spot', instanceTypes: ['p4d.24xlarge'], zones: ['us-east-1a'], clientToken: 'token',
    } as const;
    const request = await machines.request(aGang({ pools: [aPool({ count })] }), planned);
    if (request.kind !== 'request') throw new Error(request.message);
    const { launched } = await machines.launch({ ...planned, requestedAtMs: clock.now(), request: request.request });
    const nodes = launched.map(({ instanceId }, rank) => aNode(rank, { name: `compute-nodes-of-the-job-${rank}`, instanceId }));
    const commands = new SimulatedNodeCommands({ records, rehearsal: asItsVariablesSay, clock });
    for (let index = 0; index < STEPS_ON_ALL_NODES; index += 1) {
      clock.advance(61_237);
      await commands.send(aDispatch({ jobId: id, nodes, step: aStep({ index, name: `step-${index}` }) }));
    }
    const { record } = await records.get({ jobId: id, attempt: 1 });
    expect(record.machines).toHaveLength(count);
    expect(packed<SimulatedAttempt>().encode(record).length).toBeLessThan(MOST_BYTES_OF_AN_ITEM);
  });
});
