import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SIMULATED_PROVIDER } from '../../core/capacity/provider-registry.ts';
import { Ec2InstanceCatalogue } from '../adapters/ec2/ec2-instance-catalogue.ts';
import { PRICE_LIST_REGION, PriceList } from '../adapters/pricing/price-list.ts';
import { SimulatedCatalogue } from '../adapters/simulated/simulated-catalogue.ts';
import { MOST_NODES_OF_A_REHEARSAL } from '../adapters/simulated/simulated-records.ts';
import type { ServedProvider } from '../api/accept-manifest.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { clock, deployment } from './stores.ts';

/** What EC2 offers. Apart from `capacity`, so that functions that launch nothing do not carry what launches. */
export const catalogue = new Ec2InstanceCatalogue({
  ec2: traced(new EC2Client({})),
  region: deployment.region,
  prices: new PriceList(traced(new PricingClient({ region: PRICE_LIST_REGION }))),
  clock,
  log: logger,
});

/** Where the providers beside AWS have machines, by the names that `placement.provider` uses. */
export const otherProviders: ReadonlyMap<string, ServedProvider> = new Map(simulatedProvider());

/** Simulated machines stand where those of EC2 would, so that a rehearsal is the job but for one word. */
function simulatedProvider(): readonly (readonly [string, ServedProvider])[] {
  const settings = deployment.providers?.simulated;
  if (settings === undefined) return [];
  const place = { region: deployment.region, zones: Object.keys(deployment.subnets), maxNodesPerJob: MOST_NODES_OF_A_REHEARSAL };
  return [[SIMULATED_PROVIDER, { ...place, catalogue: new SimulatedCatalogue(catalogue, settings) }]];
}
