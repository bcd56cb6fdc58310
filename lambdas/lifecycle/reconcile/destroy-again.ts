import { changeJob } from '../../../core/job/change-job.ts';
import { costOf } from '../../../core/job/cost.ts';
import type { JobId, MicroUsd } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { amend, releaseNote } from '../../../core/lifecycle/amend.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/** The job stays DESTRUCTION_FAILED; once nothing of it is left its limits are given back and its cost is known. */
export async function destroyAgain(ports: ReconcilePorts, job: Job): Promise<void> {
  const { jobId, attempt } = job;
  const { remaining } = await ports.capacity.release(job);
  if (remaining > 0) {
    ports.log.error('instances of a job cannot be destroyed', { jobId, namespace: job.namespace, remaining });
    return;
  }
  const record = await ports.jobs.attempt(jobId, attempt);
  // The list of active attempts lags a little.
  if (record?.active !== true) return;
  const costMicroUsd = await closeNodes(ports, jobId, attempt);
  await changeJob(ports.jobs, jobId, (now) => {
    const { hold: _hold, ...free } = now;
    const nowMs = ports.clock.now();
    const change = amend(now, free, [{ type: 'NodesGone', message: 'every instance is gone at last' }], nowMs);
    return {
      ...change,
      attempt: { ...record, active: false, costMicroUsd },
      ...releaseNote(now, change.after.eventCount, costMicroUsd, nowMs),
    };
  });
}

/** Notes that the nodes of an attempt are gone, and answers what they cost. Nodes that went before keep their time. */
async function closeNodes(ports: ReconcilePorts, jobId: JobId, attempt: number): Promise<MicroUsd> {
  const nodes = await ports.attempts.nodes(jobId, attempt);
  const nowMs = ports.clock.now();
  const gone = nodes.map((node) => ({ ...node, goneAtMs: node.goneAtMs ?? nowMs }));
  if (gone.length > 0) await ports.attempts.putNodes(jobId, attempt, gone);
  return costOf(gone, nowMs);
}
