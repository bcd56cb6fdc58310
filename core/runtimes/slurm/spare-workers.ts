import type { Node } from '../../job/job.ts';
import type { Manifest, NodePool } from '../../manifest/schema.ts';
import { givenBy } from './batch/batch-options.ts';
import { workersAmong } from './roles.ts';
import { slurmProblems } from './problems/slurm-problems.ts';
import type { TypeHardware } from './problems/worker-facts.ts';

/** By these a script says which nodes it wants: whether they are among those that are left is Slurm's to know. */
const PICK_NODES = ['nodelist', 'nodefile', 'constraint', 'cluster-constraint'] as const;

/**
 * Whether a job that runs goes on with the nodes that stay. Where Slurm let it go on without the lost ones (`Replace`) it
 * needs another, and as many as `runtime.nodes`. Where Slurm has put it back into its queue (`Requeue`) it starts on what is
 * left, if `runtime.nodes` says how many that are to be, and each step could be submitted to the cluster as it is then: one
 * that says nothing wants all its workers.
 *
 * @param manifest with the submitted script among its `onRun` steps
 */
export function sparesWorkers(manifest: Manifest, staying: readonly Node[]): boolean {
  const { onNodeLoss, runtime } = manifest.spec;
  const left = workersAmong(manifest, staying).length;
  switch (onNodeLoss) {
    case 'Fail':
      return false;
    case 'Replace':
      return left >= (runtime.nodes ?? 1);
    case 'Requeue':
      return left > 0 && runtime.nodes !== undefined && fits(manifest, staying);
  }
}

function fits(manifest: Manifest, staying: readonly Node[]): boolean {
  if (manifest.spec.hooks.onRun.some((step) => PICK_NODES.some((option) => givenBy(step).has(option)))) return false;
  const counts = Map.groupBy(staying, ({ pool }) => pool);
  const nodePools = manifest.spec.nodePools.map((pool): NodePool => ({ ...pool, count: counts.get(pool.name)?.length ?? 0 }));
  const facts = new Map(staying.flatMap(({ instanceType, hardware }): readonly (readonly [string, TypeHardware])[] => (hardware === undefined ? [] : [[instanceType, hardware]])));
  return slurmProblems({ ...manifest, spec: { ...manifest.spec, nodePools } }, facts).length === 0;
}
