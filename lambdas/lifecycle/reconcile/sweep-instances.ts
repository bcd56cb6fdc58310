import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import type { Job } from '../../../core/job/job.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import { recordEvents } from '../current-job.ts';
import type { ReconcilePorts } from './reconcile.ts';

export interface Swept {
  readonly orphansTerminated: number;
  readonly nodesLost: number;
}

/** Instances that run without a living attempt are terminated after a grace period; attempts that lost a node hear of it. */
export async function sweepInstances(ports: ReconcilePorts): Promise<Swept> {
  const instances = await ports.capacity.describeAll();
  const byJob = Map.groupBy(instances, (instance) => instance.jobId);
  let orphansTerminated = 0;
  let nodesLost = 0;
  for (const [id, ofJob] of byJob) {
    const job = id === undefined ? undefined : await ports.jobs.get(id);
    const orphans = ofJob.filter((instance) => isOrphan(ports, instance, job));
    if (orphans.length > 0) await terminate(ports, job, orphans);
    orphansTerminated += orphans.length;
    if (job !== undefined) nodesLost += await lookForLost(ports, job, ofJob);
  }
  return { orphansTerminated, nodesLost };
}

function isOrphan(ports: ReconcilePorts, instance: ProviderInstance, job: Job | undefined): boolean {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return false;
  if (ports.clock.now() - instance.launchedAtMs < ports.deployment.intervals.orphanGrace * 1000) return false;
  if (job === undefined || instance.attempt !== job.attempt) return true;
  return isTerminal(job.state) || job.state === 'PENDING';
}

async function terminate(ports: ReconcilePorts, job: Job | undefined, orphans: readonly ProviderInstance[]): Promise<void> {
  const ids = orphans.map((orphan) => orphan.instanceId);
  ports.log.error('orphaned instances terminated', { instances: ids, jobId: job?.jobId, namespace: job?.namespace });
  await ports.capacity.terminate(ids);
  if (job !== undefined) {
    await recordEvents(ports, job, [{ type: 'Reconciled', message: `${ids.length} instances without a living attempt were terminated`, data: { instances: ids } }]);
  }
}

/**
 * Nodes of a configuring or running attempt that EC2 no longer runs: its token is answered with `interrupted`. A node
 * that was launched just now may not be visible yet.
 */
async function lookForLost(ports: ReconcilePorts, job: Job, instances: readonly ProviderInstance[]): Promise<number> {
  if (job.state !== 'CONFIGURING' && job.state !== 'RUNNING') return 0;
  const wait = await ports.attempts.wait(job.jobId);
  if (wait === undefined || wait.attempt !== job.attempt || wait.purpose === 'park') return 0;
  const alive = new Set(instances.filter((i) => i.state === 'pending' || i.state === 'running').map((i) => i.instanceId));
  const nodes = await ports.attempts.nodes(job.jobId, job.attempt);
  const seenBy = ports.clock.now() - ports.deployment.intervals.orphanGrace * 1000;
  const lost = nodes.filter((node) => !alive.has(node.instanceId) && node.goneAtMs === undefined && node.launchedAtMs < seenBy);
  if (lost.length === 0) return 0;
  const names = lost.map((node) => `${node.name} (${node.instanceId}, ${node.market} in ${node.zone})`).join(', ');
  await ports.tokens.answer(wait.token, { kind: 'interrupted', reason: { code: 'NodeLost', message: `${names} no longer runs.` } });
  return lost.length;
}
