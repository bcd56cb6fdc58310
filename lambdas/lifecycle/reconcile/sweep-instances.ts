import { isGoing, type ProviderInstance } from '../../../core/capacity/gang.ts';
import { SIMULATED_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Unheard } from '../../../core/ports/capacity-provider.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import { jobKeys } from '../../runtime/job-keys.ts';
import { recordEvents } from '../current-job.ts';
import type { Guard, ReconcilePorts } from './reconcile-ports.ts';

interface Orphans {
  readonly job: Job | undefined;
  readonly instances: readonly ProviderInstance[];
}

/**
 * Terminates instances that run without a living attempt, after a grace period. `listed` is from before the jobs are
 * read, so what looks like an orphan is looked at once more: it may just have gone with its job. Answers how many there were,
 * those of rehearsals aside.
 */
export async function sweepInstances(ports: ReconcilePorts, listed: readonly ProviderInstance[], guard: Guard, unheard: Unheard): Promise<number> {
  const suspects: Orphans[] = [];
  for (const [id, instances] of Map.groupBy(listed, (instance) => instance.jobId)) {
    await guard(`looking for orphans of ${id ?? 'no job'}`, async () => {
      const job = id === undefined ? undefined : await ports.jobs.get(id);
      suspects.push({ job, instances: instances.filter((instance) => isOrphan(ports, instance, job)) });
    });
  }
  if (suspects.every(({ instances }) => instances.length === 0)) return 0;
  const running = new Set((await ports.capacity.describeAll(unheard)).filter((instance) => !isGoing(instance)).map((instance) => instance.instanceId));
  let terminated = 0;
  for (const { job, instances } of suspects) {
    const orphans = instances.filter((instance) => running.has(instance.instanceId));
    if (orphans.length === 0) continue;
    terminated += await terminate(ports, job, orphans, guard);
  }
  return terminated;
}

function isOrphan(ports: ReconcilePorts, instance: ProviderInstance, job: Job | undefined): boolean {
  if (isGoing(instance)) return false;
  if (ports.clock.now() - instance.launchedAtMs < ports.deployment.intervals.orphanGrace * 1000) return false;
  if (job === undefined || instance.attempt !== job.attempt) return true;
  // What a failed destruction left is its attempt's: it is destroyed again until nothing remains.
  return job.state === 'PENDING' || (isTerminal(job.state) && job.state !== 'DESTRUCTION_FAILED');
}

/** Answers how many went. */
async function terminate(ports: ReconcilePorts, job: Job | undefined, orphans: readonly ProviderInstance[], guard: Guard): Promise<number> {
  const what = `terminating orphans of ${job?.jobId ?? 'no job'}`;
  const ids = orphans.map((orphan) => orphan.instanceId);
  ports.log.error('orphaned instances terminated', { instances: ids, ...(job && jobKeys(job)) });
  const isDone = await guard(what, async () => {
    await ports.capacity.terminate(ids);
    return true;
  }, job);
  if (isDone !== true) return 0;
  if (job === undefined) return ids.length;
  const told = { type: 'Reconciled', message: `${ids.length} instances without a living attempt were terminated`, data: { instances: ids } } as const;
  await guard(what, () => recordEvents(ports, job, [told]), job);
  return job.provider === SIMULATED_PROVIDER ? 0 : ids.length;
}
