import type { Manifest } from '../../../manifest/schema.ts';
import { nodesByDefault, tasksByDefault, type Given } from '../batch/batch-options.ts';
import { gpusAsked } from './gpu-options.ts';
import { nodesAsked } from './nodes-asked.ts';
import type { Directive } from '../batch/sbatch-directives.ts';
import { inScript, type Place, type StepFinding } from './step-finding.ts';
import { countWith, partitionsNamed, mostOfSome, type Amounts, type WorkerFacts } from './worker-facts.ts';

/** What a step asks for, and what it may get. */
interface Request {
  readonly given: Given;
  readonly manifest: Manifest;
  /** The partitions that it may run in, as their workers: it gets one. */
  readonly partitions: readonly (readonly WorkerFacts[])[];
  /** Nodes that it asks for, or all there are where it asks for more. */
  readonly nodes: number;
  /** What it says of the number of its nodes; 1 and infinite where it says nothing. */
  readonly leastNodes: number;
  readonly mostNodes: number;
  /** Whether nobody said how many. */
  readonly isDefault: boolean;
  readonly tasksPerNode: number;
  readonly cpusPerTask: number;
}

/** Nodes, CPUs, GPUs and memory that a step asks for and no partition has. */
export function amountProblems(given: Given, manifest: Manifest, workers: readonly WorkerFacts[]): readonly StepFinding[] {
  const partitions = partitionsNamed(workers, given.get('partition')?.value);
  const byDefault = nodesByDefault(manifest, given);
  const asked = byDefault === undefined ? nodesAsked(given.get('nodes')?.value ?? '') : { least: byDefault, most: byDefault };
  const wanted = asked?.least ?? 1;
  const request: Request = {
    given,
    manifest,
    partitions,
    nodes: Math.min(wanted, most(partitions, countAll)),
    leastNodes: wanted,
    mostNodes: asked?.most ?? Infinity,
    isDefault: byDefault !== undefined && manifest.spec.runtime.nodes === undefined,
    tasksPerNode: numberOf(given.get('ntasks-per-node')) ?? tasksByDefault(manifest, given) ?? 1,
    cpusPerTask: numberOf(given.get('cpus-per-task')) ?? 1,
  };
  return [
    ...nodeProblems(request, wanted), ...cpuProblems(request), ...taskProblems(request), ...partProblems(request), ...gpuProblems(request), ...uncountedTasks(request), ...memoryProblems(request),
  ];
}

const countAll = (pools: readonly WorkerFacts[]): number => countWith(pools, () => true);
const most = (partitions: Request['partitions'], amount: (pools: readonly WorkerFacts[]) => number): number => Math.max(...partitions.map(amount));

function numberOf(directive: Directive | undefined): number | undefined {
  return directive?.value !== undefined && /^\d+$/.test(directive.value) ? Number(directive.value) : undefined;
}

function nodeProblems({ given, manifest, partitions }: Request, wanted: number): readonly StepFinding[] {
  const there = most(partitions, countAll);
  // That `runtime.nodes` is more than all workers is told at its own place.
  const directive = manifest.spec.runtime.nodes === undefined ? given.get('nodes') : given.get('partition');
  if (directive === undefined || wanted <= there) return [];
  return [inScript(directive, 'limit-exceeded', `the job asks for ${wanted} nodes, and there are ${there}`)];
}

function cpuProblems(request: Request): readonly StepFinding[] {
  const { given, manifest, tasksPerNode, cpusPerTask } = request;
  const said: Place | undefined = given.get('ntasks-per-node') ?? given.get('cpus-per-task');
  const place = said ?? (manifest.spec.runtime.tasksPerNode === undefined ? undefined : { path: ['spec', 'runtime', 'tasksPerNode'] });
  if (place === undefined || given.has('overcommit')) return [];
  return perNode(request, place, tasksPerNode * cpusPerTask, 'vcpus', 'CPUs');
}

function taskProblems({ given, manifest, partitions, mostNodes, cpusPerTask }: Request): readonly StepFinding[] {
  const directive = given.get('ntasks');
  const tasks = numberOf(directive);
  if (directive === undefined || tasks === undefined || given.has('overcommit')) return [];
  const onNode = manifest.spec.runtime.tasksPerNode ?? numberOf(given.get('ntasks-per-node')) ?? Infinity;
  const there = most(partitions, (pools) => mostOfSome(pools, mostNodes, (has) => Math.min(onNode, has === undefined ? Infinity : Math.floor(has.vcpus / cpusPerTask))));
  if (tasks <= there) return [];
  const each = onNode === Infinity ? '' : `, ${onNode} on a node`;
  return [inScript(directive, 'limit-exceeded', `asks for ${tasks} tasks of ${cpusPerTask} ${cpusPerTask === 1 ? 'CPU' : 'CPUs'}${each}, and ${workersThat(mostNodes, 'has', 'have')} room for ${there} at most`)];
}

/** Options that ask for parts of nodes, each of which has one socket. */
function partProblems(request: Request): readonly StepFinding[] {
  const asked = (option: string, amount: keyof Amounts, unit: string): readonly StepFinding[] => {
    const directive = request.given.get(option);
    const number = numberOf(directive);
    return directive === undefined || number === undefined ? [] : perNode(request, directive, number, amount, unit);
  };
  const sockets = request.given.get('sockets-per-node');
  return [
    ...asked('mincpus', 'vcpus', 'CPUs'),
    ...asked('cores-per-socket', 'cores', 'cores'),
    ...(sockets !== undefined && (numberOf(sockets) ?? 1) > 1 ? [inScript(sockets, 'limit-exceeded', 'each node has one socket')] : []),
  ];
}

function gpuProblems(request: Request): readonly StepFinding[] {
  return [...request.given.values()].flatMap((directive) => {
    const asked = gpusAsked(directive);
    switch (asked.kind) {
      case 'none':
        return [];
      case 'wrong':
        return [inScript(directive, 'not-offered', asked.message)];
      case 'perNode':
        return perNode(request, directive, asked.gpus, 'gpus', 'GPUs');
      case 'perTask':
        return perNode(request, directive, asked.gpus * request.tasksPerNode, 'gpus', 'GPUs');
      case 'total':
        return totalProblems(request, directive, asked.gpus);
    }
  });
}

/** Of all nodes together; Slurm wants one for each of them at least, if any. */
function totalProblems({ partitions, nodes, mostNodes }: Request, directive: Directive, gpus: number): readonly StepFinding[] {
  const there = most(partitions, (pools) => mostOfSome(pools, mostNodes, (has) => has?.gpus ?? Infinity));
  if (gpus > there) return [inScript(directive, 'limit-exceeded', `asks for ${gpus} GPUs, and ${workersThat(mostNodes, 'has', 'have')} ${there} at most`)];
  return gpus > 0 && gpus < nodes ? [inScript(directive, 'conflict', `asks for ${gpus} GPUs, fewer than the ${nodes} nodes`)] : [];
}

/** How many tasks there are Slurm must know, to count their GPUs. */
function uncountedTasks({ given, leastNodes, mostNodes }: Request): readonly StepFinding[] {
  const directive = given.get('gpus-per-task');
  if (directive === undefined || given.has('gpus') || given.has('ntasks') || leastNodes === mostNodes) return [];
  return [inScript(directive, 'missing', 'needs beside it how many tasks there are (--ntasks), or GPUs (--gpus), or nodes (--nodes)')];
}

const MEMORY = /^(?<number>\d+)(?<unit>[KMGT]?)B?$/i;
const MIB: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 };

function memoryProblems(request: Request): readonly StepFinding[] {
  const { given, tasksPerNode, cpusPerTask } = request;
  const asked = (option: string, times: number): readonly StepFinding[] => {
    const directive = given.get(option);
    const { number, unit = '' } = MEMORY.exec(directive?.value ?? '')?.groups ?? {};
    return directive === undefined || number === undefined ? [] : perNode(request, directive, Number(number) * (MIB[unit.toUpperCase()] ?? 1) * times, 'memoryMiB', 'MiB for jobs');
  };
  return [...asked('mem', 1), ...asked('mem-per-cpu', tasksPerNode * cpusPerTask)];
}

function workersThat(nodes: number, one: string, many: string): string {
  if (nodes === Infinity) return `the workers ${many}`;
  return nodes === 1 ? `1 worker ${one}` : `${nodes} workers ${many}`;
}

/** Told where fewer workers have so much than the job asks for. */
function perNode({ partitions, nodes, isDefault }: Request, place: Place, each: number, amount: keyof Amounts, unit: string): readonly StepFinding[] {
  const count = most(partitions, (pools) => countWith(pools, (has) => has[amount] >= each));
  if (count >= nodes) return [];
  const asked = `asks for ${Math.ceil(each)} ${unit} on each of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  return [{ place, code: 'limit-exceeded', message: `${asked}; ${haveSoMany(count)} so many${isDefault && count > 0 ? ': say how many nodes, or in which partition' : ''}` }];
}

function haveSoMany(count: number): string {
  if (count === 0) return 'no worker has';
  return count === 1 ? 'one worker has' : `${count} workers have`;
}
