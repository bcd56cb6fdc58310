import type { Manifest } from '../manifest/schema.ts';
import { microUsd } from './ids.ts';
import type { Demand } from './job.ts';

/** What a demand is counted from. */
export interface TypeSize {
  readonly vcpus: number;
  readonly gpus: number;
  readonly microUsdPerHour: number;
}

/**
 * What a job asks of the limits: of each pool the largest of its listed types, since any of them may be launched.
 * Types that are not in `sizes` count as nothing; admission refuses them before.
 */
export function demandOf(manifest: Manifest, sizes: ReadonlyMap<string, TypeSize>): Demand {
  const sum = { nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: 0 };
  for (const { count, instanceTypes } of manifest.spec.nodePools) {
    const listed = instanceTypes.flatMap((type) => sizes.get(type) ?? []);
    const largest = (of: (size: TypeSize) => number): number => Math.max(0, ...listed.map(of));
    sum.nodes += count;
    sum.vcpus += count * largest((size) => size.vcpus);
    sum.gpus += count * largest((size) => size.gpus);
    sum.microUsdPerHour += count * largest((size) => size.microUsdPerHour);
  }
  return { ...sum, microUsdPerHour: microUsd(sum.microUsdPerHour) };
}
