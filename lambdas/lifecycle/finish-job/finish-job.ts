import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import { costOf } from '../../../core/job/cost.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import { jobId } from '../../../core/job/ids.ts';
import type { Attempt, Job } from '../../../core/job/job.ts';
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
  const costMicroUsd = costOf(await ports.attempts.nodes(id, input.attempt), ports.clock.now());
  const stored = await ports.jobs.attempt(id, input.attempt);
  if (stored === undefined) throw new InternalError('The attempt has no record.', { jobId: id, attempt: input.attempt });
  const attempt: Attempt = { ...stored, costMicroUsd };
  let retried = false;
  await changeJob(ports.jobs, id, (job) => {
    retried = job.attempt > input.attempt;
    if (retried) return undefined;
    const change = ending(job, attempt, input, ports);
    retried = change?.after.state === 'PENDING';
    return change;
  });
  return { kind: retried ? 'retried' : 'ended' };
}

function ending(job: Job, attempt: Attempt, input: TaskInput, ports: FinishPorts): JobChange | undefined {
  const nowMs = ports.clock.now();
  const to = input.enter.at(-1);
  if (to === undefined || job.state === to) return undefined;
  const judged: Job = { ...job, ...conclude(job, job.state, to, input.result) };
  if (to !== 'DESTRUCTION_FAILED' && wantsRetry(judged)) {
    return { ...retry(judged, attempt, nowMs), before: job };
  }
  return enter(job, attempt, input.enter, input.result, nowMs);
}
