import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { nameNodes } from '../../../core/job/name-nodes.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/**
 * Looks for nodes that EC2 no longer runs and ends the phase of the attempt that needs them: its token is answered with
 * `interrupted`. Answers how many there are. Whatever is missing in `listed`, the deployment's instances, is looked for
 * once more before it counts as lost: a job must not end because of one incomplete answer.
 */
export async function endForLostNodes(ports: ReconcilePorts, job: Job, wait: Wait, listed: readonly ProviderInstance[]): Promise<number> {
  if (job.state !== 'CONFIGURING' && job.state !== 'RUNNING' && job.state !== 'POST_RUN') return 0;
  if (wait.purpose === 'park') return 0;
  const needed = await neededNodes(ports, job);
  if (missing(needed, listed).length === 0) return 0;
  const lost = missing(needed, await ports.capacity.describe(job));
  if (lost.length === 0) return 0;
  const verb = lost.length === 1 ? 'runs' : 'run';
  await ports.tokens.answer(wait.token, { kind: 'interrupted', reason: { code: 'NodeLost', message: `${nameNodes(lost)} no longer ${verb}.` } });
  return lost.length;
}

/** EC2 shows an instance within seconds of its launch; a minute is generous. */
const visibleAfterMs = 60_000;

/** Post-run needs the head only. A node that was launched just now is looked for the next time. */
async function neededNodes(ports: ReconcilePorts, job: Job): Promise<readonly Node[]> {
  const nodes = await ports.attempts.nodes(job.jobId, job.attempt);
  const visibleFromMs = ports.clock.now() - Math.min(visibleAfterMs, ports.deployment.intervals.orphanGrace * 1000);
  return nodes.filter((node) => node.goneAtMs === undefined && node.launchedAtMs < visibleFromMs && (job.state !== 'POST_RUN' || node.rank === 0));
}

function missing(nodes: readonly Node[], instances: readonly ProviderInstance[]): readonly Node[] {
  const alive = new Set(instances.filter(({ state }) => state === 'pending' || state === 'running').map(({ instanceId }) => instanceId));
  return nodes.filter((node) => !alive.has(node.instanceId));
}
