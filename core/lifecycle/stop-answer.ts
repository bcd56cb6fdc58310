import type { Job } from '../job/job.ts';
import type { TaskAnswer } from './task.ts';
import type { Wait } from './wait.ts';

/** Whether a cancel waits to be acted on. During post-run of a cancelled job it is done already. */
export function isCancelDue(job: Job): boolean {
  return job.cancelRequestedBy !== undefined && job.outcome !== 'CANCELLED';
}

/** The answer that a cancel means, with who asked for it. */
export function cancelled(job: Job) {
  return {
    kind: 'cancelled',
    reason: { code: 'Cancelled', message: `Cancelled by ${job.cancelRequestedBy ?? 'a user'}.` },
  } as const;
}

/** What a user's request means for whoever waits, if there is one. */
export function stopAnswer(job: Job, wait: Wait): TaskAnswer | undefined {
  if (isCancelDue(job)) return cancelled(job);
  if (wait.purpose === 'release' && job.releaseRequestedBy !== undefined) return { kind: 'released' };
  return undefined;
}
