import type { Job, Node } from '../../core/job/job.ts';
import { isThere } from '../../core/lifecycle/node-loss.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import type { NodeCommands } from '../../core/ports/node-commands.ts';
import type { NodeStep } from '../../core/runtimes/node-step.ts';
import { runtimeOf } from '../../core/runtimes/runtime-for.ts';
import { commandTimeoutOf } from './dispatch-step.ts';
import { manifestOf } from './job-manifest.ts';

export interface TellRuntimePorts {
  readonly manifests: ManifestStore;
  readonly commands: Pick<NodeCommands, 'send'>;
  readonly log: Pick<EventLog, 'warn'>;
}

/**
 * Tells the runtime's own controller on the head node, at once, that nodes of a running job are lost: it need not wait for their
 * silence. Nobody waits for it, and it has no record; what cannot be told is found out by the controller itself.
 *
 * @param nodes all of the attempt, those that were replaced before too
 */
export async function tellRuntime(ports: TellRuntimePorts, job: Job, nodes: readonly Node[], lost: readonly Node[]): Promise<void> {
  const { jobId, attempt, namespace } = job;
  const gone = new Set(lost.map(({ instanceId }) => instanceId));
  const head = nodes.find((node) => isThere(node) && node.rank === 0);
  if (job.state !== 'RUNNING' || lost.length === 0 || head === undefined || gone.has(head.instanceId)) return;
  try {
    // The list of nodes stays as it is until there is another in the place of those that are lost.
    const manifest = await manifestOf(ports.manifests, job);
    const words = runtimeOf(job, manifest).tellLost({ manifest }, lost);
    if (words === undefined) return;
    const step: NodeStep = { ...words, ...placeOf(nodes, lost) };
    await ports.commands.send({ jobId, attempt, namespace, step, nodes: nodes.filter(isThere), stopFirst: [], commandTimeoutSeconds: commandTimeoutOf(step) });
  } catch (error) {
    ports.log.warn('the runtime is not told of lost nodes', { jobId, attempt, nodes: lost.length, error });
  }
}

/**
 * Counted by the nodes that the attempt has lost so far, with these: each loss is told in a place of its own, and once
 * however often it is seen.
 */
function placeOf(nodes: readonly Node[], lost: readonly Node[]): Pick<NodeStep, 'phase' | 'index'> {
  return { phase: 'aside', index: nodes.filter((node) => !isThere(node)).length + lost.length };
}
