import { changeJob } from '../../../core/job/change-job.ts';
import type { Attempt, Job } from '../../../core/job/job.ts';
import { amend, releaseNote } from '../../../core/lifecycle/amend.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import type { Page } from '../../../core/ports/page.ts';
import { answerIfStopped } from '../answer-wait.ts';
import { settleStep } from '../settle-step.ts';
import type { ReconcilePorts } from './reconcile.ts';

export interface Tended {
  readonly executionsStarted: number;
  readonly stepsPolled: number;
}

/** An admitted attempt that has no execution after this long lost its scheduler between transaction and start. */
const startGraceMs = 30_000;
const pageSize = 200;

/** Looks after every attempt whose machines may exist. */
export async function tendAttempts(ports: ReconcilePorts): Promise<Tended> {
  let executionsStarted = 0;
  let stepsPolled = 0;
  for (let cursor: string | undefined, more = true; more; ) {
    const page: Page<Attempt> = await ports.jobs.activeAttempts(pageSize, cursor);
    for (const attempt of page.items) {
      const did = await tend(ports, attempt);
      if (did === 'started') executionsStarted += 1;
      if (did === 'polled') stepsPolled += 1;
    }
    cursor = page.cursor;
    more = cursor !== undefined;
  }
  return { executionsStarted, stepsPolled };
}

type Tending = 'started' | 'polled' | 'nothing';

async function tend(ports: ReconcilePorts, listed: Attempt): Promise<Tending> {
  const job = await ports.jobs.get(listed.jobId);
  if (job === undefined || job.attempt !== listed.attempt) return 'nothing';
  if (job.state === 'DESTRUCTION_FAILED') {
    await destroyAgain(ports, job);
    return 'nothing';
  }
  if (isTerminal(job.state) || job.state === 'PENDING') return 'nothing';
  if (await revive(ports, job, listed)) return 'started';
  return (await poll(ports, job)) ? 'polled' : 'nothing';
}

/** Starts the execution that never started, or one that tears down in place of one that died. */
async function revive(ports: ReconcilePorts, job: Job, attempt: Attempt): Promise<boolean> {
  const { jobId } = job;
  const nowMs = ports.clock.now();
  if (attempt.executionArn === undefined) {
    if (nowMs - attempt.admittedAtMs < startGraceMs) return false;
    const { executionArn } = await ports.executions.start({ jobId, attempt: job.attempt, from: 'acquire', generation: 0 });
    await ports.jobs.recordExecution(jobId, job.attempt, executionArn);
    return true;
  }
  const status = await ports.executions.status(attempt.executionArn);
  if (status !== 'failed' && status !== 'unknown') return false;
  await changeJob(ports.jobs, jobId, (now) =>
    amend(now, now, [{ type: 'Reconciled', message: 'the execution died; the attempt is torn down', data: { executionArn: attempt.executionArn } }], nowMs),
  );
  const { executionArn } = await ports.executions.start({ jobId, attempt: job.attempt, from: 'destroy', generation: nowMs });
  await ports.jobs.recordExecution(jobId, job.attempt, executionArn);
  return true;
}

/** A token that nobody has answered for a while: the event may be lost, so the step itself is asked. */
async function poll(ports: ReconcilePorts, job: Job): Promise<boolean> {
  const wait = await ports.attempts.wait(job.jobId);
  if (wait === undefined || wait.attempt !== job.attempt) return false;
  await answerIfStopped(ports, job.jobId);
  const waited = ports.clock.now() - wait.sinceMs;
  if (wait.purpose !== 'step' || wait.step === undefined || waited < ports.deployment.intervals.unansweredAfter * 1000) return false;
  const record = await ports.attempts.step(job.jobId, job.attempt, wait.step);
  if (record !== undefined) await settleStep(ports, record);
  return true;
}

/** The job stays DESTRUCTION_FAILED; its limits are given back once nothing of it is left. */
async function destroyAgain(ports: ReconcilePorts, job: Job): Promise<void> {
  const { remaining } = await ports.capacity.release(job);
  if (remaining > 0) {
    ports.log.error('instances of a job cannot be destroyed', { jobId: job.jobId, namespace: job.namespace, remaining });
    return;
  }
  const attempt = await ports.jobs.attempt(job.jobId, job.attempt);
  await changeJob(ports.jobs, job.jobId, (now) => {
    const change = amend(now, { ...now, holdsLimits: false }, [{ type: 'NodesGone', message: 'every instance is gone at last' }], ports.clock.now());
    return {
      ...change,
      ...(attempt === undefined ? {} : { attempt: { ...attempt, active: false } }),
      ...(now.holdsLimits ? { release: releaseNote(now, change.after.eventCount) } : {}),
    };
  });
}
