import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import { aCluster } from '../cloud/manifests.ts';

type Spec = ClusterDefinition['spec'];
type Step = NonNullable<NonNullable<Spec['hooks']>['onRun']>[number];

/** Zones that the users' sample names. */
export const zones = ['us-east-1a', 'us-east-1b', 'us-east-1d'];

/** One head node and workers under Slurm; `spec` says what is different. */
export function aSlurmCluster(name: string, workers: Omit<Spec['nodePools'][number], 'name'>, spec: Partial<Spec> = {}): ClusterDefinition {
  return aCluster('slurm', name, {
    nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.large' }, { name: 'workers', ...workers }],
    placement: { region: 'us-east-1', availabilityZones: zones },
    runtime: { type: 'Slurm' },
    ...spec,
  });
}

/** A batch script that ends where a command fails. */
export function batch(name: string, ...lines: readonly string[]): Step {
  return { name, script: ['#!/bin/bash', 'set -euo pipefail', ...lines, ''].join('\n'), timeoutSeconds: 600 };
}

/** What is left in Slurm when the job has ended, as a step after it says. */
export const leftInSlurm: Step = { name: 'Left', script: '#!/bin/bash\necho "left in Slurm: $(squeue --noheader | wc --lines)"\n', timeoutSeconds: 60 };
