import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { StandaloneCloud } from '../../../local/fleet/cloud/standalone-cloud.ts';
import { OPEN_AUTHORIZER } from '../../../local/fleet/http/authorizer.ts';
import { parseScenario } from '../../../local/fleet/market/scenario.ts';
import type { Simulator } from '../../../local/fleet/simulator.ts';
import { startSimulator } from '../../../local/fleet/simulator.ts';
import { IdleDriver } from './idle-driver.ts';
import type { Supply } from './world.ts';

const QUICK_BOOT = { runningSeconds: 0, registerSeconds: 1e6, terminateSeconds: 0, jitter: 0 };

/** The rates of calls and launches are not what is tested here: who asks too often is told so by a fault. */
const UNLIMITED = { throttles: {}, launchTokens: { bucket: 1e6, refillPerSecond: 1 } };

/** The fleet simulator with nothing in its market, and clients of it. */
export interface SimulatedEc2 {
  readonly simulator: Simulator;
  readonly ec2: EC2Client;
  readonly pricing: PricingClient;
  /** Launch templates by id; one that is not here is plain. */
  readonly templates: StandaloneCloud['templates'];
  readonly supply: (market: readonly Supply[]) => void;
  readonly close: () => Promise<void>;
}

function scenarioOf(region: string, market: readonly Supply[]) {
  const nothing = { type: '*', zone: '*', market: '*', capacity: 0 };
  const rules = market.map(([type, zone, kind, capacity]) => ({ type, zone: `${region}${zone}`, market: kind, capacity }));
  return parseScenario({ capacity: [nothing, ...rules], boot: QUICK_BOOT, visibility: { instanceMs: 50 }, ...UNLIMITED });
}

/** @param prefix length of the subnets' prefixes: 24 leaves 251 addresses, 20 more than any test asks for */
export async function startSimulatedEc2({ region, subnets }: Deployment, prefix: 20 | 24 = 20): Promise<SimulatedEc2> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'capacity-contract-'));
  const cloud = new StandaloneCloud();
  for (const [index, [zone, id]] of Object.entries(subnets).entries()) cloud.subnets.set(id, { id, vpcId: 'vpc-1', zone, cidr: `10.0.${index * 16}.0/${prefix}` });
  const scenario = scenarioOf(region, []);
  const simulator = await startSimulator({ port: 0, stateDirectory, speed: 1, cloud, authorizer: OPEN_AUTHORIZER, driver: new IdleDriver(), scenario });
  // One attempt: what is tested is what happens when the client's own patience is at its end.
  const client = { endpoint: simulator.url, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
  return {
    simulator,
    ec2: new EC2Client(client),
    pricing: new PricingClient(client),
    templates: cloud.templates,
    supply: (market) => simulator.context.market.reopen(scenarioOf(region, market)),
    close: async () => {
      await simulator.close();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
