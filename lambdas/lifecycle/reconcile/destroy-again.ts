import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import { withCost } from '../../../core/cost/job-cost.ts';
import { costByPool, totalCost } from '../../../core/cost/pool-cost.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import type { Job, PoolCost } from '../../../core/job/job.ts';
import { amend, releaseNote } from '../../../core/lifecycle/amend.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { missingNodes } from '../../../core/lifecycle/node-loss.ts';
import { jobKeys } from '../../runtime/job-keys.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/** The job stays DESTRUCTION_FAILED; once nothing of it is left its limits are given back and its cost is known. Answers whether nothing is. */
export async function destroyAgain(ports: ReconcilePorts, job: Job): Promise<boolean> {
  const { jobId, attempt } = job;
  const { remaining } = await ports.capacity.release(job);
  if (remaining > 0) {
    ports.log.error('instances of a job cannot be destroyed', { ...jobKeys(job), remaining });
    await closeNodes(ports, job, await ports.capacity.describe(job));
    return false;
  }
  const record = await ports.jobs.attempt(jobId, attempt);
  // The list of active attempts lags a little.
  if (record?.active !== true) return true;
  const cost = await closeNodes(ports, job, []);
  const costMicroUsd = totalCost(cost).microUsd;
  const decide = (now: Job): JobChange | undefined => {
    // Whoever changed it meanwhile may have added the cost: the next pass looks at the record anew.
    if (now.revision !== job.revision) return undefined;
    const { hold: _hold, ...free } = now;
    const nowMs = ports.clock.now();
    const change = amend(now, withCost(free, cost), [{ type: 'NodesGone', message: 'every instance is gone at last' }], nowMs);
    return {
      ...change,
      attempt: { ...record, active: false, costMicroUsd },
      ...releaseNote(now, change.after.eventCount, costMicroUsd, nowMs),
    };
  };
  await changeJob(ports.jobs, jobId, decide, job);
  return true;
}

/** Notes that the nodes of an attempt are gone but those that are among `instances`, and answers what all of them cost. Nodes that went before keep their time. */
async function closeNodes({ attempts, clock }: ReconcilePorts, { jobId, attempt }: Job, instances: readonly ProviderInstance[]): Promise<readonly PoolCost[]> {
  const nodes = await attempts.nodes(jobId, attempt);
  const nowMs = clock.now();
  const missing = new Set(missingNodes(nodes, instances, nowMs, 0));
  const closed = nodes.map((node) => (missing.has(node) ? { ...node, goneAtMs: nowMs } : node));
  if (missing.size > 0) await attempts.putNodes(jobId, attempt, closed);
  return costByPool(closed, nowMs);
}
