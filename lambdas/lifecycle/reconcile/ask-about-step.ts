import type { StepRecord, Wait } from '../../../core/lifecycle/wait.ts';
import { finishStep } from '../finish-step.ts';
import { sendAgain, settleStep } from '../settle-step.ts';
import type { ReconcilePorts } from './reconcile-ports.ts';

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
