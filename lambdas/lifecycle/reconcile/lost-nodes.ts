import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { missingNodes, needsNode } from '../../../core/lifecycle/node-loss.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import { coolLost, loseNodes } from '../lose-nodes.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/** A job that waits, and what reads the nodes of its attempt. */
interface MayLose {
  readonly job: Job;
  readonly wait: Wait;
  readonly nodes: () => Promise<readonly Node[]>;
}

/**
 * Looks for nodes that EC2 no longer runs, of which no event told, and tells whoever waits. Answers how many there are
 * that nobody had told of. Whatever is missing in `listed`, the deployment's instances, is looked for once more before it
 * counts as lost: a job must not end because of one incomplete answer.
 */
export async function tellOfLostNodes(ports: ReconcilePorts, { job, wait, nodes }: MayLose, listed: readonly ProviderInstance[]): Promise<number> {
  if (job.state !== 'CONFIGURING' && job.state !== 'RUNNING' && job.state !== 'POST_RUN') return 0;
  if (wait.purpose === 'park') return 0;
  const needed = (await nodes()).filter((node) => needsNode(job, node));
  if (missing(ports, needed, listed).length === 0) return 0;
  const described = await ports.capacity.describe(job);
  const lost = missing(ports, needed, described);
  if (lost.length === 0) return 0;
  await coolLost(ports, job, lost, described);
  return (await loseNodes(ports, job, wait, lost)) ? lost.length : 0;
}

function missing({ clock, deployment }: ReconcilePorts, nodes: readonly Node[], instances: readonly ProviderInstance[]): readonly Node[] {
  return missingNodes(nodes, instances, clock.now(), deployment.intervals.orphanGrace * 1000);
}
