import { NOTHING_RAN } from '../../../lambdas/adapters/simulated/rehearsal.ts';
import type { Rehearsal } from '../../../lambdas/adapters/simulated/rehearsal.ts';
import { SimulatedMachines } from '../../../lambdas/adapters/simulated/simulated-machines.ts';
import { SimulatedNodeCommands } from '../../../lambdas/adapters/simulated/simulated-node-commands.ts';
import { aGang, aPool, ManualClock } from '../../builders/capacity.ts';
import { aNode } from '../../builders/nodes.ts';
import { InMemorySimulatedRecords } from '../../fakes/in-memory-simulated-records.ts';
import { describeNodeCommands } from './node-commands.contract.ts';
import type { NodesWorld } from './world.ts';

const PLAIN = /^echo (?<text>\w+); exit (?<code>\d+)$/;
const HELD = /^held (?<text>\w+) (?<code>\d+)$/;
const HELD_SECONDS = 3600;

/** Ends the scripts of the suite as they would end if somebody ran them. */
const asScriptsWould: Rehearsal = ({ action }) => {
  const script = action.kind === 'script' ? action.script : '';
  const { text = NOTHING_RAN, code = '0' } = (PLAIN.exec(script) ?? HELD.exec(script))?.groups ?? {};
  return { exitCode: Number(code), seconds: HELD.test(script) ? HELD_SECONDS : 0, tail: text };
};

describeNodeCommands('simulated', async (): Promise<NodesWorld> => {
  const clock = new ManualClock();
  const records = new InMemorySimulatedRecords();
  const machines = new SimulatedMachines({ records, settings: { capacity: [], usdPerHour: {} }, clock });
  return {
    commands: new SimulatedNodeCommands({ records, rehearsal: asScriptsWould, clock }),
    tellsTimes: false,
    start: async (job, count) => {
      const gang = aGang({ jobId: job, pools: [aPool({ count })] });
      const planned = {
        jobId: job, attempt: 1, ordinal: 1, pool: 'workers', count, minimum: count, market: 'on-demand', instanceTypes: ['m6i.large'], zones: ['us-east-1a'], clientToken: `${job}-1-1`,
      } as const;
      const request = await machines.request(gang, planned);
      if (request.kind !== 'request') throw new Error(request.message);
      const { launched } = await machines.launch({ ...planned, requestedAtMs: clock.now(), request: request.request });
      return launched.map(({ instanceId }, rank) => aNode(rank, { instanceId }));
    },
    awaitOnline: async () => undefined,
    heldScript: (text, exitCode) => `held ${text} ${exitCode}`,
    letGo: async () => clock.advance(HELD_SECONDS * 1000),
    close: async () => undefined,
  };
});
