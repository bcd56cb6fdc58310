import type { Manifest } from '../../../manifest/schema.ts';
import type { Step } from '../../../manifest/steps.ts';
import { ALL_WORKERS } from '../partitions.ts';
import { DATA_FOLDER } from '../places.ts';
import { workerPools, type WorkerPool } from '../roles.ts';
import { sbatchDirectives, type Directive } from './sbatch-directives.ts';

/** What the script of a step says, by option. */
export type Given = ReadonlyMap<string, Directive>;

/** Options that say how many nodes a job gets, or which: then Slurm finds out the number. */
const SAY_NODES = ['nodes', 'ntasks', 'nodelist', 'nodefile', 'exclude', 'constraint', 'gpus'] as const;
/** By GPUs Slurm counts tasks as well, or needs nodes that have no task of their own. */
const SAY_TASKS = ['ntasks', 'ntasks-per-node', 'ntasks-per-gpu', 'ntasks-per-core', 'ntasks-per-socket', 'ntasks-per-tres', 'gpus', 'gpus-per-task'] as const;
/** Options that say what each node has to have. */
const SAY_AMOUNTS = [
  'gres', 'gpus-per-node', 'gpus-per-socket', 'mem', 'mem-per-cpu', 'mem-per-gpu', 'cpus-per-task', 'cpus-per-gpu', 'mincpus', 'cores-per-socket',
  'sockets-per-node', 'threads-per-core', 'extra-node-info',
] as const;
/** For a job that has its nodes for itself Slurm counts memory by CPU or by GPU for all that the nodes have, which is seldom meant. */
const SAY_SHARING = ['exclusive', 'oversubscribe', 'mem-per-cpu', 'mem-per-gpu'] as const;

/** What a step's script says to sbatch; an image says nothing. */
export const givenBy = (step: Step): Given =>
  new Map(step.kind === 'script' ? sbatchDirectives(step.script).options.map((each) => [each.option, each] as const) : []);

/**
 * The options that a step is submitted with, beside those in its script: what the manifest says, and defaults where the
 * script says nothing. On sbatch's command line they go before the script's.
 */
export function batchOptions(step: Step, manifest: Manifest): readonly string[] {
  const given = givenBy(step);
  const nodes = nodesByDefault(manifest, given);
  const tasks = tasksByDefault(manifest, given);
  const { exclusive } = manifest.spec.runtime;
  return [
    ...(given.has('job-name') ? [] : [`--job-name=${step.name}`]),
    ...(given.has('chdir') ? [] : [`--chdir=${DATA_FOLDER}`]),
    ...(nodes === undefined ? [] : [`--nodes=${nodes}`]),
    ...(tasks === undefined ? [] : [`--ntasks-per-node=${tasks}`]),
    ...((exclusive ?? !saysAny(given, SAY_SHARING)) && !given.has('exclusive') ? ['--exclusive'] : []),
    ...lossOptions(manifest.spec.onNodeLoss, given),
  ];
}

/**
 * How many nodes a job is submitted with; `undefined` where its script says, and where it asks for what perhaps not all
 * workers have: then Slurm takes as many as the tasks need, of those that have it.
 */
export function nodesByDefault(manifest: Manifest, given: Given): number | undefined {
  return manifest.spec.runtime.nodes ?? (saysAny(given, SAY_NODES) || asksForSomeWorkers(manifest, given) ? undefined : workersOfPartition(manifest, given));
}

/** Whether a script asks each node for amounts, where the pools of its partition are not alike. */
export function asksForSomeWorkers(manifest: Pick<Manifest, 'spec'>, given: Given): boolean {
  const kinds = new Set(poolsOfPartition(manifest, given).map(({ pool }) => pool.instanceTypes.toSorted().join(' ')));
  return kinds.size > 1 && manifest.spec.runtime.nodes === undefined && !saysAny(given, SAY_NODES) && saysAny(given, SAY_AMOUNTS);
}

/** How many tasks a job has on each node; `undefined` where its script says. */
export function tasksByDefault(manifest: Manifest, given: Given): number | undefined {
  return manifest.spec.runtime.tasksPerNode ?? (saysAny(given, SAY_TASKS) ? undefined : 1);
}

/** With several partitions Slurm takes one of them. */
function workersOfPartition(manifest: Manifest, given: Given): number | undefined {
  const pools = poolsOfPartition(manifest, given);
  return pools.length === 0 ? undefined : pools.reduce((sum, { workers }) => sum + workers, 0);
}

/** None with several partitions. */
function poolsOfPartition(manifest: Pick<Manifest, 'spec'>, given: Given): readonly WorkerPool[] {
  const partition = given.get('partition')?.value ?? ALL_WORKERS;
  return workerPools(manifest).filter(({ pool }) => partition === ALL_WORKERS || pool.name === partition);
}

/**
 * With `Replace` the job goes on without the lost node, unless it is the one that its script runs on. `Fail` counts, whatever
 * the script says.
 */
function lossOptions(policy: Manifest['spec']['onNodeLoss'], given: Given): readonly string[] {
  switch (policy) {
    case 'Fail':
      return ['--no-requeue', ...(given.has('no-kill') ? ['--no-kill=off'] : [])];
    case 'Requeue':
      return ['--requeue'];
    case 'Replace':
      return ['--no-kill', ...(given.has('requeue') ? [] : ['--no-requeue'])];
  }
}

const saysAny = (given: Given, options: readonly string[]): boolean => options.some((option) => given.has(option));
