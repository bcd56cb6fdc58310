import { isTerminal } from '../../../core/lifecycle/states.ts';
import type { PlacementGroup } from '../../../core/ports/placement-groups.ts';
import type { Guard, ReconcilePorts } from './reconcile-ports.ts';

/**
 * Removes placement groups whose attempt is over, or waits without limits and so without machines: groups are few in an
 * account, and who gets its turn makes one anew. One that a machine still stands in stays until a later pass: it takes a
 * minute or so until EC2 has forgotten the last.
 */
export async function sweepPlacementGroups(ports: Pick<ReconcilePorts, 'jobs' | 'placementGroups'>, guard: Guard): Promise<number> {
  let removed = 0;
  for (const group of await ports.placementGroups.list()) {
    await guard(`the placement group ${group.name}`, async () => {
      if ((await isUnused(ports, group)) && (await ports.placementGroups.remove(group.name))) removed += 1;
    });
  }
  return removed;
}

async function isUnused({ jobs }: Pick<ReconcilePorts, 'jobs'>, { jobId, attempt }: PlacementGroup): Promise<boolean> {
  const job = await jobs.get(jobId);
  return job === undefined || job.attempt !== attempt || isTerminal(job.state) || job.hold === undefined;
}
