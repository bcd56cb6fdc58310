import type { Manifest } from '../../../manifest/schema.ts';
import { memoryForJobs } from '../node-facts.ts';
import { ALL_WORKERS } from '../partitions.ts';
import { workerPools } from '../roles.ts';

/** What is known of an instance type, as far as Slurm counts it. */
export interface TypeHardware {
  readonly vcpus: number;
  readonly cores?: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** What a node has that Slurm gives to jobs. */
export interface Amounts {
  readonly vcpus: number;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** The workers of a pool. */
export interface WorkerFacts {
  readonly pool: string;
  readonly workers: number;
  readonly instanceTypes: readonly string[];
  /** The most of each that one of its types has; absent where one of them is not known: it may have anything. */
  readonly most?: Amounts;
}

/** The workers of a manifest, by pool. */
export function workerFacts(manifest: Manifest, facts: ReadonlyMap<string, TypeHardware>): readonly WorkerFacts[] {
  return workerPools(manifest).map(({ pool, workers }) => {
    const types = pool.instanceTypes.flatMap((type) => facts.get(type) ?? []);
    const known = types.length === pool.instanceTypes.length;
    return { pool: pool.name, workers, instanceTypes: pool.instanceTypes, ...(known ? { most: mostOf(types) } : {}) };
  });
}

const mostOf = (types: readonly TypeHardware[]): Amounts => ({
  vcpus: Math.max(...types.map(({ vcpus }) => vcpus)),
  cores: Math.max(...types.map(({ vcpus, cores = vcpus }) => cores)),
  memoryMiB: Math.max(...types.map(memoryForJobs)),
  gpus: Math.max(...types.map(({ gpus }) => gpus)),
});

/** The partition or the partitions that a job may run in: of several it gets one. Those that are not there are left out. */
export function partitionsNamed(all: readonly WorkerFacts[], names: string = ALL_WORKERS): readonly (readonly WorkerFacts[])[] {
  const found = names.split(',').map((name) => (name === ALL_WORKERS ? all : all.filter(({ pool }) => pool === name)));
  const present = found.filter((pools) => pools.length > 0);
  return present.length === 0 ? [all] : present;
}

/** How many workers of some pools have so much each; those that nobody knows may. */
export const countWith = (pools: readonly WorkerFacts[], has: (most: Amounts) => boolean): number =>
  pools.filter(({ most }) => most === undefined || has(most)).reduce((sum, { workers }) => sum + workers, 0);

/** What some of the workers have together at most, where each counts for what `each` says; `undefined`: nobody knows what it has. */
export function mostOfSome(pools: readonly WorkerFacts[], nodes: number, each: (most: Amounts | undefined) => number): number {
  let [left, sum] = [nodes, 0];
  const dearestFirst = pools.map((pool) => ({ ...pool, worth: each(pool.most) })).toSorted((a, b) => b.worth - a.worth);
  for (const { workers, worth } of dearestFirst) {
    const taken = Math.min(left, workers);
    if (taken > 0) sum += taken * worth;
    left -= taken;
  }
  return sum;
}
