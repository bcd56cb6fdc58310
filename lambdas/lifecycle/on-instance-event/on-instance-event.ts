import type { InstanceId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { recordEvents, type JobPorts } from '../current-job.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';

export interface InstanceEventPorts extends JobPorts {
  readonly attempts: AttemptStore;
  readonly capacity: CapacityProvider;
}

/** What EC2 says of an instance before it takes it. */
export interface InstanceNotice {
  readonly instanceId: InstanceId;
  readonly kind: 'interruption' | 'rebalance';
}

/**
 * Writes a Spot notice into the history of the job that it concerns. The job goes on: it may end within the two minutes.
 * When the instance is gone the reconciler sees it and ends the attempt.
 */
export async function onInstanceNotice(ports: InstanceEventPorts, notice: InstanceNotice): Promise<void> {
  const all = await ports.capacity.describeAll();
  const instance = all.find((candidate) => candidate.instanceId === notice.instanceId);
  if (instance?.jobId === undefined) return;
  const job: Job | undefined = await ports.jobs.get(instance.jobId);
  if (job === undefined || job.attempt !== instance.attempt) return;
  const nodes = await ports.attempts.nodes(job.jobId, job.attempt);
  const node = nodes.find((n) => n.instanceId === notice.instanceId);
  const name = node?.name ?? notice.instanceId;
  const message =
    notice.kind === 'interruption'
      ? `${name}: EC2 takes this Spot instance back in two minutes`
      : `${name}: EC2 recommends to replace this Spot instance, it may be taken back soon`;
  await recordEvents(ports, job, [{ type: 'NodeInterrupted', message, data: { instanceId: notice.instanceId, kind: notice.kind, zone: instance.zone } }]);
}
