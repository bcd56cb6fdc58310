import { changeJob } from '../../../core/job/change-job.ts';
import type { Attempt, Job } from '../../../core/job/job.ts';
import { capacityDeadline } from '../../../core/lifecycle/time-over.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/** An admitted attempt that has no execution after this long lost its scheduler between transaction and start. */
const startGraceMs = 30_000;
/** Step Functions may not know an execution that it started a moment ago. */
const visibleAfterMs = 60_000;

/**
 * Starts the execution that never started, or one in place of one that died. While capacity is sought the new one goes
 * on from the launch records, since nothing was done that could not be done again (one that parks for weeks dies of its
 * history, which is limited), or waits for the turn that the job is parked for; later it tears the attempt down. Answers
 * whether it started one.
 */
export async function revive(ports: ReconcilePorts, job: Job, attempt: Attempt): Promise<boolean> {
  const nowMs = ports.clock.now();
  const { jobId } = job;
  if (attempt.executionArn === undefined) {
    if (nowMs - attempt.admittedAtMs < startGraceMs) return false;
    await start(ports, job, 'acquire', 0);
    return true;
  }
  if (!(await isDead(ports, attempt.executionArn, nowMs - job.updatedAtMs))) return false;
  const goesOn = job.state === 'ACQUIRING_CAPACITY' && nowMs < capacityDeadline(job);
  const message = goesOn ? 'the execution died; a new one goes on' : 'the execution died; the attempt is torn down';
  await changeJob(ports.jobs, jobId, (now) => amend(now, now, [{ type: 'Reconciled', message, data: { executionArn: attempt.executionArn } }], nowMs));
  await start(ports, job, goesOn ? 'acquire' : 'destroy', nowMs);
  return true;
}

async function isDead(ports: ReconcilePorts, executionArn: string, quietMs: number): Promise<boolean> {
  const status = await ports.executions.status(executionArn);
  return status === 'failed' || (status === 'unknown' && quietMs >= visibleAfterMs);
}

async function start(ports: ReconcilePorts, { jobId, attempt }: Job, from: 'acquire' | 'destroy', generation: number): Promise<void> {
  const { executionArn } = await ports.executions.start({ jobId, attempt, from, generation });
  await ports.jobs.recordExecution(jobId, attempt, executionArn);
}
