import { headPool, isHeadOnPurpose } from '../../../manifest/head.ts';
import { formatPath, summarise, type ManifestProblem, type ManifestProblemCode, type Path } from '../../../manifest/problems.ts';
import type { Manifest, NodePool } from '../../../manifest/schema.ts';
import { RESERVED_PARTITIONS } from '../partitions.ts';
import { workerCount } from '../roles.ts';
import { stepProblems } from './step-problems.ts';
import { workerFacts, type TypeHardware } from './worker-facts.ts';

/** A host name has no more. */
const MAX_NODE_NAME_LENGTH = 63;

/**
 * Everything that is wrong with a manifest for Slurm; nothing for other runtimes. A problem of a batch script has the path
 * of its step and the line of the script in its message. The submitted script is an `onRun` step like the others (`withScript`).
 *
 * @param facts by instance type; what is said of a type that is not there is not checked
 */
export function slurmProblems(manifest: Manifest, facts: ReadonlyMap<string, TypeHardware>): readonly ManifestProblem[] {
  const { nodePools, runtime, hooks } = manifest.spec;
  if (runtime.type !== 'Slurm') return [];
  const workers = workerFacts(manifest, facts);
  const found = [
    ...nodePools.flatMap((pool, index) => [...poolNameProblems(pool, index), ...headProblems(pool, index, manifest)]),
    ...nodesProblems(manifest),
    ...hooks.onRun.flatMap((step, index) => stepProblems(step, index, manifest, workers)),
  ];
  return distinct(found);
}

function problem(code: ManifestProblemCode, path: Path, message: string, value: unknown, suggestion?: string): ManifestProblem {
  return { code, path: formatPath(path), message, value: summarise(value), ...(suggestion === undefined ? {} : { suggestion }) };
}

function poolNameProblems({ name, count }: NodePool, index: number): readonly ManifestProblem[] {
  const path = ['spec', 'nodePools', index, 'name'];
  const longest = `${name}-${count - 1}`.length;
  return [
    ...(RESERVED_PARTITIONS.includes(name) ? [problem('conflict', path, `Slurm has a partition for each pool, and "${name}" is one of its own: call the pool otherwise`, name)] : []),
    ...(longest > MAX_NODE_NAME_LENGTH
      ? [problem('out-of-range', path, `nodes are called by their pool, and a host name has ${MAX_NODE_NAME_LENGTH} characters at most: shorten it by ${longest - MAX_NODE_NAME_LENGTH}`, name)]
      : []),
  ];
}

/** The controller runs on one node. A pool that is the head because it comes first has others beside it. */
function headProblems(pool: NodePool, index: number, manifest: Manifest): readonly ManifestProblem[] {
  if (pool !== headPool(manifest) || !isHeadOnPurpose(pool) || pool.count === 1) return [];
  const message = `Slurm has one head node, and ${pool.name} is its pool: write 1, and a pool of workers beside it`;
  return [problem('conflict', ['spec', 'nodePools', index, 'count'], message, pool.count, '1')];
}

function nodesProblems(manifest: Manifest): readonly ManifestProblem[] {
  const { nodes } = manifest.spec.runtime;
  const workers = workerCount(manifest);
  if (nodes === undefined || nodes <= workers) return [];
  return [problem('limit-exceeded', ['spec', 'runtime', 'nodes'], `asks for ${nodes} nodes, and the cluster has ${workers} that compute`, nodes)];
}

/** Several steps may find the same thing wrong with the manifest. */
function distinct(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  return [...new Map(problems.map((each) => [`${each.path} ${each.message}`, each])).values()];
}
