import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { Ec2CapacityProvider } from '../../../lambdas/adapters/ec2/ec2-capacity-provider.ts';
import { Ec2InstanceCatalogue } from '../../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { PriceList } from '../../../lambdas/adapters/pricing/price-list.ts';
import { SystemClock } from '../../../lambdas/runtime/clock.ts';
import { StandaloneCloud } from '../../../local/fleet/cloud/standalone-cloud.ts';
import { OPEN_AUTHORIZER } from '../../../local/fleet/http/authorizer.ts';
import { parseScenario } from '../../../local/fleet/market/scenario.ts';
import { startSimulator } from '../../../local/fleet/simulator.ts';
import { aDeployment, silentLog } from '../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { describeCapacityProvider } from './capacity-provider.contract.ts';
import { IdleDriver } from './idle-driver.ts';
import type { CapacityWorld, Supply } from './world.ts';

const QUICK_BOOT = { runningSeconds: 0, registerSeconds: 1e6, terminateSeconds: 0, jitter: 0 };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';

function capacityRules(market: readonly Supply[]) {
  const nothing = { type: '*', zone: '*', market: '*', capacity: 0 };
  return [nothing, ...market.map(([type, zone, kind, capacity]) => ({ type, zone: `${region}${zone}`, market: kind, capacity }))];
}

describeCapacityProvider('EC2, over the fleet simulator', async (): Promise<CapacityWorld> => {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'capacity-contract-'));
  const deployment = aDeployment();
  const cloud = new StandaloneCloud();
  for (const [index, [zone, id]] of Object.entries(deployment.subnets).entries()) cloud.subnets.set(id, { id, vpcId: 'vpc-1', zone, cidr: `10.0.${index}.0/24` });
  const simulator = await startSimulator({
    port: 0, stateDirectory, speed: 1, cloud, authorizer: OPEN_AUTHORIZER, driver: new IdleDriver(),
    scenario: parseScenario({ capacity: capacityRules([]), boot: QUICK_BOOT, visibility: { instanceMs: 50 }, quotas: { 'L-34B43A08': 1000, 'L-1216C47A': 1000 } }),
  });
  const { context } = simulator;
  const client = { endpoint: simulator.url, region, credentials };
  // One attempt: what is tested is what happens when the client's own patience is at its end.
  const ec2 = new EC2Client({ ...client, maxAttempts: 1 });
  const clock = new SystemClock();
  const table = new InMemoryTable();
  const attempts = new InMemoryAttemptStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const catalogue = new Ec2InstanceCatalogue({ ec2, region, prices: new PriceList(new PricingClient(client)), clock, log: silentLog });
  return {
    provider: new Ec2CapacityProvider({ ec2, attempts, cooldowns, catalogue, clock, deployment, log: silentLog }),
    catalogue,
    attempts,
    cooldowns,
    clock,
    supply: async (market) => {
      const { capacity } = parseScenario({ capacity: capacityRules(market) });
      context.market.reopen({ ...context.market.scenario, capacity });
    },
    loseAnswer: async () => void context.faults.add([{ kind: 'launchThenFail', how: 'drop' }]),
    throttle: async () => void context.faults.add([{ kind: 'throttle', action: 'CreateFleet' }]),
    mend: async () => context.faults.remove(),
    close: async () => {
      await simulator.close();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
});
