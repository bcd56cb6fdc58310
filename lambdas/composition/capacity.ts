import { EC2Client } from '@aws-sdk/client-ec2';
import { GangAcquirer } from '../../core/capacity/gang-acquirer.ts';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';
import type { RegisteredProvider } from '../../core/capacity/provider-registry.ts';
import { DEFAULT_PROVIDER, ProviderRegistry, SIMULATED_PROVIDER } from '../../core/capacity/provider-registry.ts';
import { Ec2CapacityProvider, ec2ClientDefaults } from '../adapters/ec2/ec2-capacity-provider.ts';
import { Ec2PlacementGroups } from '../adapters/ec2/ec2-placement-groups.ts';
import { SimulatedCatalogue } from '../adapters/simulated/simulated-catalogue.ts';
import { isMachineId } from '../adapters/simulated/simulated-ids.ts';
import { noSimulatedMachines, SimulatedMachines } from '../adapters/simulated/simulated-machines.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { catalogue } from './catalogue.ts';
import { knowledge } from './knowledge.ts';
import { attempts, clock, cooldowns, deployment, simulatedCooldowns, simulatedRecords } from './stores.ts';

const ports = { attempts, clock, deployment, log: logger };
const ec2 = traced(new EC2Client(ec2ClientDefaults));

const aws: RegisteredProvider = {
  name: DEFAULT_PROVIDER,
  capacity: new Ec2CapacityProvider({ ...ports, ec2, cooldowns, catalogue, knowledge }),
  owns: (id) => !isMachineId(id),
};

/** Machines that are only records. Where the deployment has none any more, those that there were can still be ended. */
function simulated(): RegisteredProvider {
  const offered = deployment.providers?.simulated;
  const settings = offered ?? noSimulatedMachines;
  const capacity = new GangAcquirer({
    ...ports,
    provider: SIMULATED_PROVIDER,
    machines: new SimulatedMachines({ records: simulatedRecords, settings, clock }),
    cooldowns: simulatedCooldowns,
    catalogue: new SimulatedCatalogue(catalogue, settings),
    knowledge: new NothingKnown('simulated machines have no market'),
  });
  return { name: SIMULATED_PROVIDER, capacity, owns: isMachineId, offered: offered !== undefined };
}

export const placementGroups = new Ec2PlacementGroups(ec2, deployment.name);

/** The clouds of the deployment. */
export const capacity = new ProviderRegistry([aws, simulated()]);
