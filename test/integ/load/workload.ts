import type { MarketChange } from '../../../local/fleet/market/scenario.ts';
import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import type { JobDetail } from '../../../sdk/src/index.ts';
import { aCluster, script } from '../cloud/manifests.ts';

/** Namespaces of the load test. */
export const namespaces = ['alpha', 'beta', 'load'] as const;

/** What is to become of a job. */
export type Fate = 'succeeds' | 'fails' | 'cancelledAtOnce' | 'cancelledRunning' | 'noCapacity';

/** How a job ends, by its fate. */
export const endings: Readonly<Record<Fate, Partial<JobDetail>>> = {
  succeeds: { state: 'DONE', outcome: 'SUCCEEDED', exitCode: 0 },
  fails: { state: 'DONE', outcome: 'FAILED', exitCode: 3 },
  cancelledAtOnce: { state: 'DONE', outcome: 'CANCELLED' },
  cancelledRunning: { state: 'DONE', outcome: 'CANCELLED' },
  noCapacity: { state: 'PROVISIONING_FAILED', outcome: 'NO_CAPACITY' },
};

export interface PlannedJob {
  readonly fate: Fate;
  readonly manifest: ClusterDefinition;
}

const sizes = [1, 2, 4, 8, 1, 3, 1, 2, 6, 1] as const;
const types = ['c6i.xlarge', 'm5.xlarge'] as const;

/** 31 machines of these types in all, 11 of them Spot, in no zone more than 12: a job of 8 has to look for its place. */
export const scarceMarket: Partial<MarketChange> = {
  capacity: [
    ...types.map((type) => ({ type, zone: '*', market: '*' as const, capacity: 0 })),
    ...(['us-east-1a', 'us-east-1b'] as const).flatMap((zone) => [
      { type: 'c6i.xlarge', zone, market: 'spot' as const, capacity: 4 },
      { type: 'c6i.xlarge', zone, market: 'on-demand' as const, capacity: 6 },
    ]),
    { type: 'm5.xlarge', zone: 'us-east-1a', market: 'spot' as const, capacity: 3 },
    { type: 'm5.xlarge', zone: 'us-east-1c', market: 'on-demand' as const, capacity: 8 },
  ],
};

/** As much of them as there is at the beginning: test/fixtures/integ-market.json. */
export const plentifulMarket: Partial<MarketChange> = {
  capacity: types.flatMap((type) => [
    { type, zone: '*', market: 'on-demand' as const, capacity: 1000 },
    { type, zone: '*', market: 'spot' as const, capacity: 100 },
  ]),
};

/** Jobs of mixed sizes and fates over the namespaces, the same each time. */
export function plannedJobs(count: number): readonly PlannedJob[] {
  return Array.from({ length: count }, (_, i) => {
    const fate = fateOf(i);
    const namespace = namespaces[i % namespaces.length] ?? 'load';
    return { fate, manifest: fate === 'noCapacity' ? hopeless(namespace, i) : cluster(namespace, i, fate) };
  });
}

function fateOf(i: number): Fate {
  if (i % 33 === 0) return 'noCapacity';
  if (i % 11 === 5) return 'cancelledAtOnce';
  if (i % 13 === 6) return 'cancelledRunning';
  return i % 7 === 2 ? 'fails' : 'succeeds';
}

function cluster(namespace: string, i: number, fate: Fate): ClusterDefinition {
  const size = sizes[i % sizes.length] ?? 1;
  const work = { succeeds: 'echo done', cancelledAtOnce: 'echo done', fails: 'exit 3', cancelledRunning: 'sleep 600', noCapacity: '' }[fate];
  return aCluster(namespace, `load-${i}`, {
    nodePools: [{ name: 'nodes', count: size, instanceType: [...types], purchaseOption: i % 2 === 0 ? 'SpotPreferred' : 'OnDemand' }],
    placement: { region: 'us-east-1', spread: 'Any' },
    hooks: { onRun: [script('Work', work)] },
  });
}

/** Of a type that there is none of; it comes first, so that its time runs while the others do. */
function hopeless(namespace: string, i: number): ClusterDefinition {
  return aCluster(namespace, `load-${i}`, {
    nodePools: [{ name: 'nodes', count: 1, instanceType: 'r6i.2xlarge' }], priority: 'urgent', capacity: { timeoutSeconds: 60 },
  });
}
