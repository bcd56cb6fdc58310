import type { Deployment } from '../deployment/deployment.ts';
import type { CooldownStore, InstanceCatalogue } from '../ports/capacity-provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { GangRequest } from './gang.ts';
import type { MarketView } from './market-view.ts';
import { spotKey } from './market-view.ts';

export interface MarketReaderPorts {
  readonly catalogue: InstanceCatalogue;
  readonly cooldowns: CooldownStore;
  readonly clock: Clock;
  readonly deployment: Deployment;
}

/** Gathers what is known of the market for a gang: types, prices, cooldowns. */
export async function readMarket(gang: GangRequest, ports: MarketReaderPorts): Promise<MarketView> {
  const { catalogue, cooldowns, clock, deployment } = ports;
  const types = [...new Set(gang.pools.flatMap(({ instanceTypes }) => instanceTypes))];
  const spotTypes = new Set(gang.pools.filter(({ purchaseOption }) => purchaseOption !== 'OnDemand').flatMap(({ instanceTypes }) => instanceTypes));
  const [facts, spotPrices, known] = await Promise.all([
    catalogue.facts(gang.region, types),
    readSpotPrices(gang.region, [...spotTypes], Object.keys(deployment.subnets), catalogue),
    cooldowns.recent(clock.now()),
  ]);
  const patienceMs = deployment.intervals.cooldownBase * 1000;
  return { region: gang.region, subnets: deployment.subnets, types: facts, spotPrices, cooldowns: known, patienceMs };
}

/** What is known without asking about types: enough to learn from the answer to a launch. */
export async function readCooldowns({ cooldowns, clock, deployment }: Omit<MarketReaderPorts, 'catalogue'>): Promise<MarketView> {
  const { region, subnets, intervals } = deployment;
  const known = await cooldowns.recent(clock.now());
  return { region, subnets, types: new Map(), spotPrices: new Map(), cooldowns: known, patienceMs: intervals.cooldownBase * 1000 };
}

async function readSpotPrices(region: string, types: readonly string[], zones: readonly string[], catalogue: InstanceCatalogue): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  const questions = types.flatMap((type) => zones.map((zone) => ({ type, zone })));
  await Promise.all(
    questions.map(async ({ type, zone }) => {
      const price = await catalogue.spotMicroUsdPerHour(region, type, zone);
      if (price !== undefined) prices.set(spotKey(type, zone), price);
    }),
  );
  return prices;
}
