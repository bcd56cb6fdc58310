import type { InstanceId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { failedByLoss } from '../../../core/lifecycle/node-loss.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import { parseStepKey, stepKey } from '../../../core/runtimes/node-step.ts';

export interface LeftStepPorts {
  readonly attempts: AttemptStore;
  readonly clock: Clock;
}

/**
 * Ends the record of the step of the configuration that was left when nodes were lost: its round is over, and whoever
 * hears of its command later is to send and to say nothing more. What it began on the nodes goes on there and is attached
 * to in the next round.
 *
 * @returns nodes that the step was given up for since they never booted; most rounds have none
 */
export async function leaveStep({ attempts, clock }: LeftStepPorts, { jobId, attempt }: Job, round: number): Promise<readonly InstanceId[]> {
  const wait = await attempts.wait(jobId);
  if (wait?.attempt !== attempt || wait.step === undefined) return [];
  const at = parseStepKey(wait.step);
  if (at?.phase !== 'configure' || at.round >= round) return [];
  const record = await attempts.step(jobId, attempt, wait.step);
  if (record === undefined || record.answer !== undefined) return record?.unbooted ?? [];
  const reason = { code: 'NodeLost', message: `${record.name} is gone through once more, with the nodes in the place of those that were lost.` };
  await attempts.updateStep({ ...record, answer: { kind: 'replace', reason }, left: true, finishedAtMs: clock.now() });
  return [];
}

/**
 * What the end of the run's step means for a job that runs, if it has ended since a node was lost: one that failed did so
 * for the loss, and new nodes would come for nothing; what ended well is gone on with.
 */
export async function endOfRun({ attempts }: LeftStepPorts, { jobId, attempt, state }: Job, index: number | undefined): Promise<TaskAnswer | undefined> {
  if (state !== 'RUNNING' || index === undefined) return undefined;
  const answer = (await attempts.step(jobId, attempt, stepKey({ phase: 'run', index })))?.answer;
  switch (answer?.kind) {
    case undefined:
    case 'replace':
      return undefined;
    case 'stepDone':
    case 'phaseDone':
      return { kind: 'stepDone' };
    case 'failed':
      return failedByLoss(answer);
    default:
      return answer;
  }
}
