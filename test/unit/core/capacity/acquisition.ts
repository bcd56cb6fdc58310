import type { GangRequest, PoolRequest } from '../../../../core/capacity/gang.ts';
import type { Deployment } from '../../../../core/deployment/deployment.ts';
import type { Market } from '../../../../core/job/job.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import type { InstanceTypeFacts } from '../../../../core/ports/capacity-provider.ts';
import { aDeployment, aGang, aPool, ManualClock, silentLog, someFacts } from '../../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../../../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryTable } from '../../../fakes/in-memory-table.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';

export const never = async (): Promise<undefined> => undefined;

/** A pool that may be had on demand alone. */
export const onDemand = (fields: Partial<PoolRequest> = {}): PoolRequest => aPool({ purchaseOption: 'OnDemand', ...fields });

/** A gang of one pool. */
export const gangOf = (pool: PoolRequest, fields: Partial<GangRequest> = {}): GangRequest => aGang({ pools: [pool], ...fields });

/** Free machines as `type zone-letter market count`, one offering each. */
export type Market3 = readonly (readonly [instanceType: string, zone: 'a' | 'b' | 'c', market: Market, count: number])[];

/** What a provider stands on, where a test needs more than a market. */
interface Standing {
  readonly knowledge?: InMemoryMarketKnowledge;
  readonly deployment?: Deployment;
}

/** A provider over a market in memory, with the stores behind it. */
export function aProvider(market: Market3, types: readonly InstanceTypeFacts[] = [someFacts('c6i.large'), someFacts('m6i.large'), someFacts('p4d.24xlarge', { vcpus: 96, gpus: 8, microUsdPerHour: 32_000_000 })], { knowledge = new InMemoryMarketKnowledge(), deployment = aDeployment() }: Standing = {}) {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const attempts = new InMemoryAttemptStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const provider = new InMemoryCapacityProvider({ attempts, cooldowns, knowledge, catalogue: new InMemoryInstanceCatalogue(types), clock, deployment, log: silentLog });
  for (const [instanceType, zone, kind, count] of market) provider.machines.market.set(offeringKey({ instanceType, zone: `us-east-1${zone}`, market: kind }), count);
  return { provider, machines: provider.machines, attempts, cooldowns, clock };
}

/** The launches that took place, one line each. */
export function launchLines(provider: InMemoryCapacityProvider): string[] {
  return provider.machines.launches.map(
    ({ pool, count, minimum, market, instanceTypes, zones }) =>
      `${pool} ${minimum === count ? count : `≤${count}`} ${market} ${instanceTypes.join('|')} ${zones.map((zone) => zone.slice(-1)).join('|')}`,
  );
}

/** How many machines of the gang run, by pool. */
export async function runningByPool(provider: InMemoryCapacityProvider, gang: GangRequest): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { pool = '' } of await provider.machines.running(gang)) counts[pool] = (counts[pool] ?? 0) + 1;
  return counts;
}
