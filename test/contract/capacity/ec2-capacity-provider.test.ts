import { GangAcquirer } from '../../../core/capacity/gang-acquirer.ts';
import { Ec2CapacityProvider } from '../../../lambdas/adapters/ec2/ec2-capacity-provider.ts';
import { Ec2InstanceCatalogue } from '../../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { Ec2Machines } from '../../../lambdas/adapters/ec2/ec2-machines.ts';
import { PriceList } from '../../../lambdas/adapters/pricing/price-list.ts';
import { SystemClock } from '../../../lambdas/runtime/clock.ts';
import { aDeployment, silentLog } from '../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { describeCapacityProvider } from './capacity-provider.contract.ts';
import { startSimulatedEc2 } from './simulated-ec2.ts';
import type { CapacityWorld } from './world.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';

describeCapacityProvider('EC2, over the fleet simulator', async (): Promise<CapacityWorld> => {
  const deployment = aDeployment();
  const { simulator, ec2, pricing, supply, close } = await startSimulatedEc2(deployment);
  const clock = new SystemClock();
  const table = new InMemoryTable();
  const attempts = new InMemoryAttemptStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const catalogue = new Ec2InstanceCatalogue({ ec2, region: deployment.region, prices: new PriceList(pricing), clock, log: silentLog });
  const { faults } = simulator.context;
  const ports = { ec2, attempts, cooldowns, knowledge: new InMemoryMarketKnowledge(), catalogue, clock, deployment, log: silentLog };
  return {
    provider: new Ec2CapacityProvider(ports),
    around: (wrap) => new GangAcquirer({ ...ports, attempts: wrap(attempts), cooldowns: wrap(cooldowns), machines: wrap(new Ec2Machines(ports)) }),
    catalogue,
    attempts,
    cooldowns,
    clock,
    supply: async (market) => supply(market),
    loseAnswer: async () => void faults.add([{ kind: 'launchThenFail', how: 'drop' }]),
    throttle: async () => void faults.add([{ kind: 'throttle', action: 'CreateFleet' }]),
    mend: async () => faults.remove(),
    close,
  };
});
