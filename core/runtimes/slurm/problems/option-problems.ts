import type { Manifest } from '../../../manifest/schema.ts';
import type { Given } from '../batch/batch-options.ts';
import { nodesAsked } from './nodes-asked.ts';
import { inScript, type StepFinding } from './step-finding.ts';

/** Options that no step of the run may have, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  array: 'a step of the run is one job, not many: start tasks by srun, or write several steps',
  wait: 'the orchestrator waits for the job itself',
  'test-only': 'nothing would run',
  wrap: 'is for jobs without a script',
  hold: 'the orchestrator lets each job go as it submits it',
  help: 'nothing would run',
  usage: 'nothing would run',
  version: 'nothing would run',
  clusters: 'the nodes of the job are the only cluster',
  reservation: 'the cluster has no reservations',
  licenses: 'the cluster has no licenses',
  tmp: 'Slurm is told of no disks: nodePools[].diskSizeGiB says how large they are',
};

/** What a script says that a job of ours cannot have, or that is not what the manifest says. */
export function optionProblems(given: Given, manifest: Manifest): readonly StepFinding[] {
  return [...refused(given), ...contradictions(given, manifest)];
}

const refused = (given: Given): readonly StepFinding[] =>
  [...given.values()].flatMap((directive) => {
    const why = Object.hasOwn(REFUSED, directive.option) ? REFUSED[directive.option] : undefined;
    return why === undefined ? [] : [inScript(directive, 'not-supported', why)];
  });

function contradictions(given: Given, { spec }: Manifest): readonly StepFinding[] {
  // That `Fail` was written nobody can tell: what contradicts it is told as a doubt.
  const { nodes, tasksPerNode, exclusive } = spec.runtime;
  const found: StepFinding[] = [];
  const unlessSaid = (option: string, isSaid: (value: string) => boolean, says: string): void => {
    const directive = given.get(option);
    if (directive !== undefined && !isSaid(directive.value ?? '')) found.push(inScript(directive, 'conflict', `${says}: change it, or leave this out`));
  };
  if (nodes !== undefined) unlessSaid('nodes', (value) => allowsNodes(value, nodes), `runtime.nodes is ${nodes}`);
  if (tasksPerNode !== undefined) unlessSaid('ntasks-per-node', (value) => Number(value) === tasksPerNode, `runtime.tasksPerNode is ${tasksPerNode}`);
  if (exclusive === false) unlessSaid('exclusive', () => false, 'runtime.exclusive is false');
  if (exclusive === true) unlessSaid('oversubscribe', () => false, 'runtime.exclusive is true');
  if (spec.onNodeLoss === 'Requeue') unlessSaid('no-requeue', () => false, 'onNodeLoss is Requeue');
  if (spec.onNodeLoss === 'Requeue') unlessSaid('no-kill', (value) => value === 'off', 'onNodeLoss is Requeue, and jobs go on without a lost node with Replace');
  return found;
}

/** `4`, and `2-8`, too, allow four nodes. What cannot be read may. */
function allowsNodes(value: string, nodes: number): boolean {
  const asked = nodesAsked(value);
  return asked === undefined || (asked.least <= nodes && nodes <= asked.most);
}
