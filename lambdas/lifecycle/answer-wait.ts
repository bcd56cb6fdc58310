import type { JobId } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import type { TaskAnswer } from '../../core/lifecycle/task.ts';
import type { Wait } from '../../core/lifecycle/wait.ts';
import type { TaskTokens } from '../../core/ports/executions.ts';
import type { AttemptStore, JobStore } from '../../core/ports/job-store.ts';
import { cancelled, isCancelDue } from './current-job.ts';

export interface AnswerPorts {
  readonly jobs: JobStore;
  readonly attempts: AttemptStore;
  readonly tokens: TaskTokens;
}

/** Answers the token that waits for `step`, if it still does. The first answer wins; the others are void. */
export async function answerWait(ports: Omit<AnswerPorts, 'jobs'>, jobId: JobId, step: string, answer: TaskAnswer): Promise<void> {
  const wait = await ports.attempts.wait(jobId);
  if (wait?.step === step) await ports.tokens.answer(wait.token, answer);
}

/**
 * The second half of the double check: called after a token is registered. A cancel or release writes its mark first and
 * looks for a token then, so one of the two sees the other.
 */
export async function answerIfStopped(ports: AnswerPorts, jobId: JobId): Promise<void> {
  const job = await ports.jobs.get(jobId);
  const wait = job === undefined ? undefined : await ports.attempts.wait(jobId);
  if (job === undefined || wait === undefined) return;
  const answer = stopAnswer(job, wait);
  if (answer !== undefined) await ports.tokens.answer(wait.token, answer);
}

/** What a user's request means for whoever waits, if there is one. */
export function stopAnswer(job: Job, wait: Wait): TaskAnswer | undefined {
  if (isCancelDue(job)) return cancelled(job);
  if (wait.purpose === 'release' && job.releaseRequestedBy !== undefined) return { kind: 'released' };
  return undefined;
}
