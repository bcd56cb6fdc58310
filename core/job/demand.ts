import type { Manifest } from '../manifest/schema.ts';
import { microUsd } from './ids.ts';
import { DEFAULT_PROVIDER } from '../capacity/provider-registry.ts';
import { marketsFor } from '../capacity/market-view.ts';
import type { Demand, PoolNeed } from './job.ts';

/** What a demand is counted from. */
export interface TypeSize {
  readonly vcpus: number;
  readonly gpus: number;
  readonly microUsdPerHour: number;
  /** Where the type is offered; absent: everywhere. */
  readonly zones?: readonly string[];
}

/**
 * What a job asks of the limits: of each pool the largest of its listed types, since any of them may be launched.
 * Types that are not in `sizes` count as nothing; admission refuses them before. The pools are for the account quotas and
 * the cooldowns of the default provider: of a job of another they are none.
 *
 * @param served zones that the deployment serves
 */
export function demandOf(manifest: Manifest, sizes: ReadonlyMap<string, TypeSize>, served: readonly string[] = []): Demand {
  const { nodePools, placement } = manifest.spec;
  const sum = { gpus: 0, microUsdPerHour: 0 };
  const pools: PoolNeed[] = [];
  const zones = placement.availabilityZones === 'any' ? [] : placement.availabilityZones;
  const asked = zones.length === 0 ? served : zones;
  for (const { count, instanceTypes, purchaseOption } of nodePools) {
    const listed = instanceTypes.flatMap((type) => sizes.get(type) ?? []);
    const largest = (of: (size: TypeSize) => number): number => count * Math.max(0, ...listed.map(of));
    const offered = asked.filter((zone) => listed.some((size) => size.zones?.includes(zone) ?? true));
    const somewhere = offered.length > 0 && offered.length < asked.length ? { zones: offered } : {};
    pools.push({ nodes: count, vcpus: largest((size) => size.vcpus), types: instanceTypes, markets: marketsFor(purchaseOption), ...somewhere });
    sum.gpus += largest((size) => size.gpus);
    sum.microUsdPerHour += largest((size) => size.microUsdPerHour);
  }
  return {
    nodes: pools.reduce((total, { nodes }) => total + nodes, 0),
    vcpus: pools.reduce((total, { vcpus }) => total + vcpus, 0),
    gpus: sum.gpus,
    microUsdPerHour: microUsd(sum.microUsdPerHour),
    pools: placement.provider === DEFAULT_PROVIDER ? pools : [],
    zones,
  };
}
