import type { EpochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { capacityDeadline } from '../../../core/lifecycle/admit.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import type { StepRecord, Wait } from '../../../core/lifecycle/wait.ts';
import { timeoutReason } from '../acquire-capacity/acquire-capacity.ts';
import { ttlDeadline, ttlReason } from '../await-nodes/await-nodes.ts';
import { finishStep, sendAgain, settleStep } from '../settle-step.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

/** What whoever waits is to be told when the job's time in its state is over: the search for capacity, or the TTL. */
export function timeOver(job: Job, nowMs: EpochMs): TaskAnswer | undefined {
  switch (job.state) {
    case 'ACQUIRING_CAPACITY':
      return nowMs < capacityDeadline(job) ? undefined : { kind: 'timedOut', reason: timeoutReason(job) };
    case 'CONFIGURING':
    case 'RUNNING':
      return nowMs < ttlDeadline(job) ? undefined : { kind: 'timedOut', reason: ttlReason(job) };
    default:
      return undefined;
  }
}

/** So long after its deadline a step is asked for again, before its nodes count as silent. */
const askAgainMs = 120_000;

/**
 * Asks the nodes how a step stands of which nothing was heard; ends it where its own time is over. The nodes should have
 * stopped it then. They did and the event was lost, or the command's answer was: then another command, which attaches to
 * the step, brings it. Or they are silent.
 */
export async function askAboutStep(ports: ReconcilePorts, { jobId, attempt, step = '', deadlineMs }: Wait): Promise<void> {
  const record = (): Promise<StepRecord | undefined> => ports.attempts.step(jobId, attempt, step);
  const found = await record();
  if (found === undefined) return;
  await settleStep(ports, found);
  if (deadlineMs === undefined || ports.clock.now() < deadlineMs) return;
  const now = await record();
  if (now === undefined || now.answer !== undefined) return;
  if (ports.clock.now() < deadlineMs + askAgainMs) {
    await sendAgain(ports, now);
    return;
  }
  const reason = { code: 'StepTimedOut', message: `${now.name} is out of time, and its nodes do not answer.` };
  await finishStep(ports, now, { kind: 'timedOut', reason });
  if (now.commandId !== undefined) await ports.commands.cancel(now.commandId);
}
