import type { Node, NodeHardware } from '../../core/job/job.ts';
import { headPool } from '../../core/manifest/head.ts';
import { parseManifestValue } from '../../core/manifest/parse.ts';
import type { ClusterDefinition, Manifest } from '../../core/manifest/schema.ts';
import { aNode } from './nodes.ts';

/** What some instance types have. */
export const HARDWARE = {
  'm6i.xlarge': { vcpus: 4, cores: 2, memoryMiB: 16_384, gpus: 0 },
  'c6i.4xlarge': { vcpus: 16, cores: 8, memoryMiB: 32_768, gpus: 0 },
  'c7g.4xlarge': { vcpus: 16, cores: 16, memoryMiB: 32_768, gpus: 0 },
  'p3.16xlarge': { vcpus: 64, cores: 32, memoryMiB: 499_712, gpus: 8 },
  'p4d.24xlarge': { vcpus: 96, cores: 48, memoryMiB: 1_179_648, gpus: 8 },
  'g5.xlarge': { vcpus: 4, cores: 2, memoryMiB: 16_384, gpus: 1 },
} as const satisfies Readonly<Record<string, NodeHardware>>;

/** A validated manifest for Slurm: one head node and four workers, unless the spec says otherwise. */
export function aSlurmManifest(spec: Partial<ClusterDefinition['spec']> = {}): Manifest {
  const parsed = parseManifestValue({
    apiVersion: 'orchestrator.our-company.com/v1alpha1',
    kind: 'ClusterDefinition',
    metadata: { name: 'fold', namespace: 'biology' },
    spec: {
      nodePools: [
        { name: 'head', count: 1, instanceType: 'm6i.xlarge' },
        { name: 'workers', count: 4, instanceType: 'c6i.4xlarge' },
      ],
      placement: { region: 'us-east-1' },
      runtime: { type: 'Slurm' },
      ttlSeconds: 3600,
      ...spec,
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.manifest;
}

/** The nodes of a manifest: types and zones by turns, the head's pool first. */
export function nodesOf(manifest: Manifest, zones: readonly string[] = ['us-east-1a', 'us-east-1b', 'us-east-1c']): readonly Node[] {
  const { nodePools } = manifest.spec;
  const head = headPool(manifest);
  const places = [head, ...nodePools.filter((pool) => pool !== head)].flatMap((pool) => Array.from({ length: pool.count }, (_, index) => ({ pool, index })));
  return places.map(({ pool, index }, rank) => {
    const instanceType = pool.instanceTypes[index % pool.instanceTypes.length] ?? '';
    const hardware = new Map<string, NodeHardware>(Object.entries(HARDWARE)).get(instanceType);
    const zone = zones[rank % zones.length] ?? '';
    return aNode(rank, { name: `${pool.name}-${index}`, pool: pool.name, instanceType, zone, ...(hardware === undefined ? {} : { hardware }) });
  });
}
