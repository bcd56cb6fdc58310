import { GangAcquirer } from '../../../core/capacity/gang-acquirer.ts';
import { offeringKey } from '../../../core/capacity/offering.ts';
import { aDeployment, ManualClock, silentLog, someFacts } from '../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { describeCapacityProvider } from './capacity-provider.contract.ts';
import type { CapacityWorld } from './world.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';

const TYPES = ['m6i.large', 'm6i.xlarge', 'c6i.large', 'c6i.xlarge', 'c6i.2xlarge', 'g5.xlarge'] as const;

describeCapacityProvider('in memory', async (): Promise<CapacityWorld> => {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const attempts = new InMemoryAttemptStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const catalogue = new InMemoryInstanceCatalogue(TYPES.map((type) => someFacts(type)));
  const ports = { attempts, cooldowns, knowledge: new InMemoryMarketKnowledge(), catalogue, clock, deployment: aDeployment(), log: silentLog };
  const provider = new InMemoryCapacityProvider(ports);
  const { machines } = provider;
  return {
    provider,
    around: (wrap) => new GangAcquirer({ ...ports, attempts: wrap(attempts), cooldowns: wrap(cooldowns), machines: wrap(machines) }),
    catalogue,
    attempts,
    cooldowns,
    clock,
    supply: async (market) => {
      machines.market.clear();
      for (const [instanceType, zone, kind, count] of market) machines.market.set(offeringKey({ instanceType, zone: `us-east-1${zone}`, market: kind }), count);
    },
    loseAnswer: async () => void machines.faults.push('answerLost'),
    throttle: async () => void machines.faults.push('throttled'),
    mend: async () => void machines.faults.splice(0),
    close: async () => undefined,
  };
});
