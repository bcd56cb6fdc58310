import { changeJob } from '../../../core/job/change-job.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { park } from '../../../core/lifecycle/admit.ts';
import { capacityDeadline, timeoutReason } from '../../../core/lifecycle/time-over.ts';
import type { TaskInput } from '../../../core/lifecycle/task.ts';
import type { TaskTokens } from '../../../core/ports/executions.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import { cancelled, isCancelDue } from '../../../core/lifecycle/stop-answer.ts';
import { enterStates, type JobPorts } from '../current-job.ts';

/** An execution that was stopped may leave this task behind: a job that went on without it is not parked. */
const isAcquiring = (job: Job, attempt: number): boolean => job.state === 'ACQUIRING_CAPACITY' && job.attempt === attempt;

export interface ParkPorts extends JobPorts {
  readonly attempts: AttemptStore;
  readonly tokens: TaskTokens;
}

/**
 * Leaves the job with its token for the scheduler: no limit held, no call made. The token is registered first and the
 * job read again after, so that a cancel sees the token or is seen here.
 */
export async function parkJob(ports: ParkPorts, input: TaskInput & { readonly token: string }): Promise<void> {
  const job = await enterStates(ports, input);
  const { token } = input;
  const nowMs = ports.clock.now();
  const untilMs = epochMs(Math.max(nowMs, input.result?.untilMs ?? nowMs));
  const why = input.result?.reason?.message ?? 'No capacity.';
  await ports.attempts.putWait({ jobId: job.jobId, namespace: job.namespace, attempt: job.attempt, token, purpose: 'park', sinceMs: nowMs });
  const parked = await changeJob(ports.jobs, job.jobId, (now) => (isAcquiring(now, input.attempt) ? park(now, token, untilMs, why, nowMs, input.result) : undefined));
  if (isCancelDue(parked)) await ports.tokens.answer(token, cancelled(parked));
  else if (nowMs >= capacityDeadline(parked)) await ports.tokens.answer(token, { kind: 'timedOut', reason: timeoutReason(parked) });
}
