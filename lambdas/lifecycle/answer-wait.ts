import type { Job } from '../../core/job/job.ts';
import { stopAnswer } from '../../core/lifecycle/stop-answer.ts';
import type { StepRecord, Wait } from '../../core/lifecycle/wait.ts';
import type { TaskTokens } from '../../core/ports/executions.ts';
import type { AttemptStore, JobStore } from '../../core/ports/job-store.ts';

type StepOfAttempt = Pick<StepRecord, 'jobId' | 'attempt' | 'step'>;

export interface AnswerPorts {
  readonly jobs: JobStore;
  readonly attempts: AttemptStore;
  readonly tokens: TaskTokens;
}

/** Whether it is this step that is waited for. */
export function isFor(wait: Wait, step: StepOfAttempt): boolean {
  return wait.attempt === step.attempt && wait.step === step.step;
}

/** Called after a cancel or release has written its mark: whoever waits is told, if the request concerns it. */
export async function tellWhoeverWaits(ports: Omit<AnswerPorts, 'jobs'>, job: Job): Promise<void> {
  const wait = await ports.attempts.wait(job.jobId);
  const answer = wait === undefined ? undefined : stopAnswer(job, wait);
  if (wait !== undefined && answer !== undefined) await ports.tokens.answer(wait.token, answer);
}

/**
 * The second half of the double check: called after the token of `wait` is registered. A cancel or release writes its
 * mark first and looks for a token then, so one of the two sees the other.
 */
export async function answerIfStopped(ports: AnswerPorts, wait: Wait): Promise<void> {
  const job = await ports.jobs.get(wait.jobId);
  const answer = job === undefined ? undefined : stopAnswer(job, wait);
  if (answer !== undefined) await ports.tokens.answer(wait.token, answer);
}
