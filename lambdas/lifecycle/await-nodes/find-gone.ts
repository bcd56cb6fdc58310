import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { missingNodes } from '../../../core/lifecycle/node-loss.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { coolLost, type CoolingPorts } from '../lose-nodes.ts';

export interface GonePorts extends CoolingPorts {
  readonly capacity: CapacityProvider;
  readonly log: Pick<EventLog, 'warn'>;
}

/**
 * Which of these nodes EC2 runs no longer, as of now: their events may have come when nobody waited. Where they were taken
 * back nobody launches for a while.
 *
 * @param isNeeded whether the task cannot go on without an answer; otherwise EC2 is asked the next time when it asks for patience
 */
export async function findGone(ports: GonePorts, job: Job, nodes: readonly Node[], isNeeded: boolean): Promise<readonly Node[]> {
  const instances = await describe(ports, job, isNeeded);
  if (instances === undefined) return [];
  const gone = missingNodes(nodes, instances, ports.clock.now(), ports.deployment.intervals.orphanGrace * 1000);
  await coolLost(ports, job, gone, instances);
  return gone;
}

async function describe({ capacity, log }: GonePorts, job: Job, isNeeded: boolean): Promise<readonly ProviderInstance[] | undefined> {
  try {
    return await capacity.describe(job);
  } catch (error) {
    if (isNeeded || !(error instanceof DependencyThrottledError)) throw error;
    log.warn('nodes that come up are looked for the next time', { jobId: job.jobId, error });
    return undefined;
  }
}
