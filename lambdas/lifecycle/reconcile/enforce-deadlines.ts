import type { Job } from '../../../core/job/job.ts';
import type { Deadline } from '../../../core/lifecycle/change.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { timeoutReason } from '../acquire-capacity/acquire-capacity.ts';
import { ttlReason } from '../await-nodes/await-nodes.ts';
import { finishStep, settleStep } from '../settle-step.ts';
import type { Guard, ReconcilePorts } from './reconcile-ports.ts';

/**
 * Answers the tokens of jobs whose time is over. A deadline of an attempt or a state that has passed is void; one that
 * finds no token, because the job is between two tasks, stays due and is looked at again in a minute.
 */
export async function enforceDeadlines(ports: ReconcilePorts, guard: Guard): Promise<number> {
  const due = await ports.deadlines.due(ports.clock.now());
  const settled: Deadline[] = [];
  for (const deadline of due) {
    const over = await guard(`the ${deadline.kind} deadline of ${deadline.jobId}`, () => isOver(ports, deadline));
    if (over === true) settled.push(deadline);
  }
  if (settled.length > 0) await ports.deadlines.settle(settled);
  return settled.length;
}

async function isOver(ports: ReconcilePorts, deadline: Deadline): Promise<boolean> {
  const job = await ports.jobs.get(deadline.jobId);
  if (job === undefined || isVoid(job, deadline)) return true;
  return deadline.kind === 'step' ? enforceStep(ports, deadline) : enforce(ports, job, deadline);
}

function isVoid(job: Job, deadline: Deadline): boolean {
  if (job.attempt !== deadline.attempt) return true;
  switch (deadline.kind) {
    case 'capacity':
      return job.state !== 'ACQUIRING_CAPACITY';
    case 'ttl':
      return job.state !== 'CONFIGURING' && job.state !== 'RUNNING';
    case 'step':
      return job.state !== 'CONFIGURING' && job.state !== 'RUNNING' && job.state !== 'POST_RUN';
  }
}

async function enforce(ports: ReconcilePorts, job: Job, deadline: Deadline): Promise<boolean> {
  const wait = await ports.attempts.wait(job.jobId);
  if (wait === undefined || wait.attempt !== job.attempt) return false;
  const answer: TaskAnswer = { kind: 'timedOut', reason: deadline.kind === 'ttl' ? ttlReason(job) : timeoutReason(job) };
  return (await ports.tokens.answer(wait.token, answer)) === 'answered';
}

/** The nodes should have stopped the step by themselves: they did and the event was lost, or they are silent. */
async function enforceStep(ports: ReconcilePorts, { jobId, attempt, step }: Deadline): Promise<boolean> {
  const record = async () => (step === undefined ? undefined : ports.attempts.step(jobId, attempt, step));
  const found = await record();
  if (found === undefined || found.answer !== undefined) return true;
  await settleStep(ports, found);
  const now = await record();
  if (now === undefined || now.answer !== undefined) return true;
  const reason = { code: 'StepTimedOut', message: `${now.name} is out of time, and its nodes do not answer.` };
  await finishStep(ports, now, { kind: 'timedOut', reason });
  if (now.commandId !== undefined) await ports.commands.cancel(now.commandId);
  return true;
}
