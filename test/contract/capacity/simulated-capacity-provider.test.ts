import { GangAcquirer } from '../../../core/capacity/gang-acquirer.ts';
import { NothingKnown } from '../../../core/capacity/nothing-known.ts';
import { DEFAULT_PROVIDER, ProviderRegistry } from '../../../core/capacity/provider-registry.ts';
import type { SimulatedCapacity } from '../../../core/deployment/deployment.ts';
import type { GangRequest } from '../../../core/capacity/gang.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import { SimulatedCatalogue } from '../../../lambdas/adapters/simulated/simulated-catalogue.ts';
import { isMachineId } from '../../../lambdas/adapters/simulated/simulated-ids.ts';
import { SimulatedMachines } from '../../../lambdas/adapters/simulated/simulated-machines.ts';
import { aDeployment, ManualClock, silentLog, someFacts } from '../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../fakes/in-memory-instance-catalogue.ts';
import { InMemorySimulatedRecords } from '../../fakes/in-memory-simulated-records.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { describeCapacityProvider } from './capacity-provider.contract.ts';
import type { CapacityWorld } from './world.ts';

const TYPES = ['m6i.large', 'm6i.xlarge', 'c6i.large', 'c6i.xlarge', 'c6i.2xlarge', 'g5.xlarge'] as const;

interface Parts {
  readonly world: Omit<CapacityWorld, 'provider'>;
  readonly simulated: CapacityProvider;
  /** Another cloud, over the same stores. */
  readonly other: CapacityProvider;
}

function simulatedCloud(): Parts {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const attempts = new InMemoryAttemptStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const records = new InMemorySimulatedRecords();
  const nothing: SimulatedCapacity = { machines: 0 };
  const capacity: SimulatedCapacity[] = [nothing];
  const settings = { capacity, usdPerHour: Object.fromEntries(TYPES.map((type) => [type, 0.09])) };
  const catalogue = new SimulatedCatalogue(new InMemoryInstanceCatalogue(TYPES.map((type) => someFacts(type))), settings);
  const ports = { attempts, cooldowns, catalogue, knowledge: new NothingKnown('there is nothing to know'), clock, deployment: aDeployment(), log: silentLog };
  const cloud = new SimulatedMachines({ records, settings, clock });
  return {
    simulated: new GangAcquirer({ ...ports, machines: cloud }),
    other: new InMemoryCapacityProvider(ports),
    world: {
      around: (wrap) => new GangAcquirer({ ...ports, attempts: wrap(attempts), cooldowns: wrap(cooldowns), machines: wrap(cloud) }),
      catalogue,
      attempts,
      cooldowns,
      clock,
      supply: async (market) => {
        const living = Map.groupBy((await records.list()).flatMap(({ machines }) => machines).filter(({ goneAtMs }) => goneAtMs === undefined), ({ instanceType, zone, market: kind }) => `${instanceType}/${zone}/${kind}`);
        const rules = market.map(([instanceType, letter, kind, count]) => {
          const zone = `us-east-1${letter}`;
          // What a test before has left counts as had: the supply is what is free.
          return { instanceType, zone, market: kind, machines: count + (living.get(`${instanceType}/${zone}/${kind}`)?.length ?? 0) };
        });
        capacity.splice(0, capacity.length, nothing, ...rules);
      },
      loseAnswer: async () => void records.faults.push('answerLost'),
      throttle: async () => void records.faults.push('throttled'),
      mend: async () => void records.faults.splice(0),
      close: async () => undefined,
    },
  };
}

/** The suite names no provider; a job of this one does. */
function asNamed(registry: ProviderRegistry, provider: string): CapacityProvider {
  const named = (request: GangRequest): GangRequest => ({ ...request, provider });
  return {
    plan: (request, ttlSeconds) => registry.plan(named(request), ttlSeconds),
    acquire: (request, interrupted) => registry.acquire(named(request), interrupted),
    replace: (request, nodes, interrupted) => registry.replace(named(request), nodes, interrupted),
    release: (attempt) => registry.release({ ...attempt, provider }),
    describe: (attempt) => registry.describe({ ...attempt, provider }),
    terminate: (instances) => registry.terminate(instances),
    describeAll: () => registry.describeAll(),
    impaired: (among) => registry.impaired(among),
    find: (instanceId) => registry.find(instanceId),
  };
}

describeCapacityProvider('simulated', async () => {
  const { world, simulated } = simulatedCloud();
  return { ...world, provider: simulated };
});

describeCapacityProvider('simulated, as one of two that are registered', async () => {
  const { world, simulated, other } = simulatedCloud();
  const registry = new ProviderRegistry([
    { name: DEFAULT_PROVIDER, capacity: other, owns: (id) => id.startsWith('i-') },
    { name: 'simulated', capacity: simulated, owns: isMachineId },
  ]);
  return { ...world, provider: asNamed(registry, 'simulated') };
});
