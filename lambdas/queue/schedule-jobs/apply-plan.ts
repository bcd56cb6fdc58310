import type { EpochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { admit, giveTurn, type WaitOver } from '../../../core/lifecycle/admit.ts';
import type { JobChange, ParkedEntry, QueueEntry } from '../../../core/lifecycle/change.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { CyclePlan } from '../../../core/scheduling/plan.ts';
import type { UsageBase } from '../../../core/scheduling/snapshot.ts';

export interface ApplyPorts {
  readonly store: Pick<SchedulerStore, 'grant'>;
  readonly jobs: Pick<JobStore, 'get' | 'parked'>;
  readonly clock: Clock;
}

/** What of a plan went through, and the lease with the jobs that look for machines from now on. */
export interface Applied {
  readonly lease: Lease;
  readonly admitted: readonly Job[];
  readonly turns: readonly ParkedEntry[];
}

/** Writes a plan. A job that was cancelled or changed since it was read is left out. `waitOf`: what is noted of the waits of those that are admitted. */
export async function applyPlan(ports: ApplyPorts, lease: Lease, plan: CyclePlan, base: UsageBase, waitOf: (entry: QueueEntry, nowMs: EpochMs) => WaitOver): Promise<Applied> {
  const changes = await changesOf(ports, plan, waitOf);
  if (changes.length === 0) return { lease, admitted: [], turns: [] };
  const launching = [...new Set([...lease.launching, ...changes.map(({ before }) => before.jobId)])];
  const granted = new Set(await ports.store.grant(lease, changes, launching, base));
  const through = changes.filter(({ before }) => granted.has(before.jobId));
  return {
    lease: { ...lease, launching },
    admitted: through.flatMap(({ dequeue, after }) => (dequeue === undefined ? [] : [after])),
    turns: through.flatMap(({ park }) => park ?? []),
  };
}

/** The plan as changes of the jobs as they are now. */
async function changesOf({ jobs, clock }: ApplyPorts, plan: CyclePlan, waitOf: Parameters<typeof applyPlan>[4]): Promise<readonly JobChange[]> {
  const admissions = plan.admissions.map(async ({ entry, quotas }) => {
    const job = await jobs.get(entry.jobId);
    const nowMs = clock.now();
    return job?.state === 'PENDING' ? admit(job, quotas, nowMs, waitOf(entry, nowMs)) : undefined;
  });
  const turns = plan.turns.map(async ({ entry, quotas }) => {
    const job = await jobs.get(entry.jobId);
    const waits = job?.state === 'ACQUIRING_CAPACITY' && job.attempt === entry.attempt && job.hold === undefined;
    if (!waits) return undefined;
    // Read after the job, whose revision fences it: parked anew since the plan, the job waits under another token.
    const parked = await jobs.parked(entry.jobId);
    return parked === undefined ? undefined : giveTurn(job, parked, quotas, clock.now());
  });
  return (await Promise.all([...admissions, ...turns])).filter((change) => change !== undefined);
}
