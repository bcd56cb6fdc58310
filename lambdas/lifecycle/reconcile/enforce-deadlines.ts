import type { Job } from '../../../core/job/job.ts';
import type { Deadline } from '../../../core/lifecycle/change.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { timeoutReason } from '../acquire-capacity/acquire-capacity.ts';
import { ttlReason } from '../await-nodes/await-nodes.ts';
import { finishStep } from '../settle-step.ts';
import type { ReconcilePorts } from './reconcile.ts';

/**
 * Answers the tokens of jobs whose time is over. A deadline of an attempt or a state that has passed is void; one that
 * finds no token, because the job is between two tasks, stays due and is looked at again in a minute.
 */
export async function enforceDeadlines(ports: ReconcilePorts): Promise<number> {
  const due = await ports.deadlines.due(ports.clock.now());
  const settled: Deadline[] = [];
  for (const deadline of due) {
    const job = await ports.jobs.get(deadline.jobId);
    if (job === undefined || isVoid(job, deadline) || (await enforce(ports, job, deadline))) settled.push(deadline);
  }
  if (settled.length > 0) await ports.deadlines.settle(settled);
  return settled.length;
}

function isVoid(job: Job, deadline: Deadline): boolean {
  if (job.attempt !== deadline.attempt && deadline.kind !== 'capacity') return true;
  switch (deadline.kind) {
    case 'capacity':
      return job.state !== 'ACQUIRING_CAPACITY' && job.state !== 'PENDING';
    case 'ttl':
      return job.state !== 'CONFIGURING' && job.state !== 'RUNNING';
    case 'step':
      return job.state !== 'CONFIGURING' && job.state !== 'RUNNING' && job.state !== 'POST_RUN';
  }
}

async function enforce(ports: ReconcilePorts, job: Job, deadline: Deadline): Promise<boolean> {
  if (deadline.kind === 'step') return enforceStep(ports, deadline);
  const wait = await ports.attempts.wait(job.jobId);
  if (wait === undefined || wait.attempt !== job.attempt) return false;
  const answer: TaskAnswer = { kind: 'timedOut', reason: deadline.kind === 'ttl' ? ttlReason(job) : timeoutReason(job) };
  return (await ports.tokens.answer(wait.token, answer)) === 'answered';
}

/** The nodes should have stopped the step by themselves; they are silent. */
async function enforceStep(ports: ReconcilePorts, deadline: Deadline): Promise<boolean> {
  const record = deadline.step === undefined ? undefined : await ports.attempts.step(deadline.jobId, deadline.attempt, deadline.step);
  if (record === undefined || record.answer !== undefined) return true;
  if (record.commandId !== undefined) await ports.commands.cancel(record.commandId);
  const reason = { code: 'StepTimedOut', message: `${record.name} is out of time, and its nodes do not answer.` };
  await finishStep(ports, record, { kind: 'timedOut', reason });
  return true;
}
