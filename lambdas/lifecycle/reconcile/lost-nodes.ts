import type { ImpairedInstance, ProviderInstance } from '../../../core/capacity/gang.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { nameNodes } from '../../../core/job/name-nodes.ts';
import { hungNodes } from '../../../core/lifecycle/hung-nodes.ts';
import { missingNodes, needsNode } from '../../../core/lifecycle/node-loss.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import { recordEvents } from '../current-job.ts';
import { coolLost, loseNodes } from '../lose-nodes.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/** A thousand nodes may hang together. */
const MOST_NAMED = 40;

/** A job that waits, and what reads the nodes of its attempt. */
interface MayLose {
  readonly job: Job;
  readonly wait: Wait;
  readonly nodes: () => Promise<readonly Node[]>;
}

/** What the provider says of the deployment's machines. */
interface Machines {
  readonly listed: readonly ProviderInstance[];
  readonly impaired: readonly ImpairedInstance[];
}

/**
 * Looks for nodes that EC2 no longer runs, of which no event told, and tells whoever waits. Answers how many there are
 * that nobody had told of. Whatever is missing in `listed` is looked for once more before it counts as lost: a job must
 * not end because of one incomplete answer. Nodes that hang, and do when EC2 is asked for them once more, are terminated,
 * and lost then like any other.
 */
export async function tellOfLostNodes(ports: ReconcilePorts, { job, wait, nodes }: MayLose, { listed, impaired }: Machines): Promise<number> {
  if (job.state !== 'CONFIGURING' && job.state !== 'RUNNING' && job.state !== 'POST_RUN') return 0;
  if (wait.purpose === 'park') return 0;
  const needed = (await nodes()).filter((node) => needsNode(job, node));
  const hung = await stillHung(ports, hungNodes(needed, impaired, ports.clock.now()));
  if (hung.length === 0 && missing(ports, needed, listed).length === 0) return 0;
  if (hung.length > 0) await terminateHung(ports, job, hung);
  const described = await ports.capacity.describe(job);
  const lost = missing(ports, needed, described);
  if (lost.length === 0) return 0;
  await coolLost(ports, job, lost, described);
  return (await loseNodes(ports, job, wait, lost)) ? lost.length : 0;
}

function missing({ clock, deployment }: ReconcilePorts, nodes: readonly Node[], instances: readonly ProviderInstance[]): readonly Node[] {
  return missingNodes(nodes, instances, clock.now(), deployment.intervals.orphanGrace * 1000);
}

/** The answer of which they are taken may be minutes old when their attempt has its turn: some are reached again by then. */
async function stillHung({ capacity, clock }: ReconcilePorts, nodes: readonly Node[]): Promise<readonly Node[]> {
  if (nodes.length === 0) return [];
  return hungNodes(nodes, await capacity.impaired(nodes.map(({ instanceId }) => instanceId)), clock.now());
}

/** First told, then done: who dies in between is told of twice, and not never. */
async function terminateHung(ports: ReconcilePorts, job: Job, hung: readonly Node[]): Promise<void> {
  const instances = hung.map(({ instanceId }) => instanceId);
  const message = `${nameNodes(hung)} ${hung.length === 1 ? 'hangs: EC2 runs it and has not reached it' : 'hang: EC2 runs them and has not reached them'} for minutes. Terminated.`;
  await recordEvents(ports, job, [{ type: 'Reconciled', message, data: { kind: 'hung', instances: instances.slice(0, MOST_NAMED) } }]);
  await ports.capacity.terminate(instances);
}
