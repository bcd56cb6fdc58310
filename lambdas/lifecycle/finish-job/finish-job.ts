import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import { withCost } from '../../../core/cost/job-cost.ts';
import { costByPool, totalCost } from '../../../core/cost/pool-cost.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import { jobId } from '../../../core/job/ids.ts';
import type { Attempt, Job, PoolCost } from '../../../core/job/job.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { retry, wantsRetry } from '../../../core/lifecycle/retry.ts';
import { conclude } from '../../../core/lifecycle/conclude.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { JobPorts } from '../current-job.ts';

export interface FinishPorts extends JobPorts {
  readonly attempts: AttemptStore;
}

/** Records the end of an attempt: the job's end, or its next attempt where the retry policy asks for one. */
export async function finishJob(ports: FinishPorts, input: TaskInput): Promise<TaskAnswer> {
  const id = jobId(input.jobId);
  // Those that were not replaced are gone now, or cost until now: their end is that of the attempt.
  const cost = costByPool(await ports.attempts.nodes(id, input.attempt), ports.clock.now());
  const stored = await ports.jobs.attempt(id, input.attempt);
  if (stored === undefined) throw new InternalError('The attempt has no record.', { jobId: id, attempt: input.attempt });
  let retried = false;
  await changeJob(ports.jobs, id, (job) => {
    retried = job.attempt > input.attempt;
    if (retried) return undefined;
    const change = ending(job, stored, cost, input, ports);
    retried = change?.after.state === 'PENDING';
    return change;
  });
  return { kind: retried ? 'retried' : 'ended' };
}

function ending(job: Job, stored: Attempt, cost: readonly PoolCost[], input: TaskInput, ports: FinishPorts): JobChange | undefined {
  const nowMs = ports.clock.now();
  const to = input.enter.at(-1);
  if (to === undefined || job.state === to) return undefined;
  // Machines that are still there go on costing: what they cost is known when the reconciler has seen them gone.
  if (to === 'DESTRUCTION_FAILED') return enter(job, stored, input.enter, input.result, nowMs);
  const attempt: Attempt = { ...stored, costMicroUsd: totalCost(cost).microUsd };
  const judged: Job = { ...withCost(job, cost), ...conclude(job, job.state, to, input.result) };
  const change = wantsRetry(judged) ? retry(judged, attempt, nowMs) : enter(withCost(job, cost), attempt, input.enter, input.result, nowMs);
  return change && { ...change, before: job };
}
