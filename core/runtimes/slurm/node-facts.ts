import { InternalError } from '../../errors/orchestrator-error.ts';
import type { Node, NodeHardware } from '../../job/job.ts';

/** The kernel, drivers and daemons have what is left: less than Slurm is told of would drain a node. */
const MEMORY_FOR_JOBS = 0.95;

/** Memory that Slurm may give to jobs. */
export const memoryForJobs = ({ memoryMiB }: Pick<NodeHardware, 'memoryMiB'>): number => Math.floor(memoryMiB * MEMORY_FOR_JOBS);

/**
 * What a node has to compute with.
 *
 * @throws InternalError for a node whose type nobody knew: Slurm would place no job on it
 */
export function hardwareOf({ name, instanceType, hardware }: Node): NodeHardware {
  if (hardware === undefined) throw new InternalError(`Nobody knows what a ${instanceType} has to compute with.`, { instanceType, node: name });
  return hardware;
}

/** Cores and threads whose product is the CPUs, since Slurm refuses others. */
export function coresAndThreads({ vcpus, cores }: Pick<NodeHardware, 'vcpus' | 'cores'>): { readonly cores: number; readonly threads: number } {
  return cores > 0 && vcpus % cores === 0 ? { cores, threads: vcpus / cores } : { cores: vcpus, threads: 1 };
}

/** Groups of nodes that are alike in what `keyOf` says, in the order of their first nodes. */
export function groupNodes(nodes: readonly Node[], keyOf: (node: Node) => string): readonly (readonly [Node, ...Node[]])[] {
  const groups = new Map<string, [Node, ...Node[]]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}
