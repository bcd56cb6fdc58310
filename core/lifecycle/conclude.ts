import type { Job, Reason } from '../job/job.ts';
import type { JobState, Outcome } from './states.ts';
import { outcomeOf, type TaskAnswer } from './task.ts';

/** How a job stands after it entered a state: the first failure decides the outcome. */
export interface Verdict {
  readonly outcome?: Outcome;
  readonly reason?: Reason;
  readonly exitCode?: number;
}

const unexplained: Reason = { code: 'Unexplained', message: 'The attempt ended without an answer that says why.' };

function failure(to: JobState, result: TaskAnswer | undefined): Outcome {
  if (to === 'PROVISIONING_FAILED' && result?.kind === 'timedOut') return 'NO_CAPACITY';
  if (to === 'POST_RUN_FAILED') return 'FAILED';
  const outcome = result === undefined ? undefined : outcomeOf[result.kind];
  return outcome === undefined || outcome === 'SUCCEEDED' ? 'FAILED' : outcome;
}

function failed(job: Job, to: JobState, result: TaskAnswer | undefined): Verdict {
  if (job.outcome !== undefined && job.outcome !== 'SUCCEEDED') return verdictOf(job);
  return {
    outcome: failure(to, result),
    reason: result?.reason ?? unexplained,
    ...(result?.exitCode === undefined ? {} : { exitCode: result.exitCode }),
  };
}

function verdictOf(job: Job): Verdict {
  return {
    ...(job.outcome === undefined ? {} : { outcome: job.outcome }),
    ...(job.reason === undefined ? {} : { reason: job.reason }),
    ...(job.exitCode === undefined ? {} : { exitCode: job.exitCode }),
  };
}

/**
 * Outcome, reason and exit code of `job` once it moves from `from` to `to` because of `result`. Cleanup that succeeds
 * changes nothing; a failed post-run turns a success into FAILED; a cancel during post-run leaves the outcome.
 */
export function conclude(job: Job, from: JobState, to: JobState, result: TaskAnswer | undefined): Verdict {
  switch (to) {
    case 'PROVISIONING_FAILED':
    case 'CONFIGURATION_FAILED':
    case 'RUN_FAILED':
    case 'POST_RUN_FAILED':
    case 'DESTRUCTION_FAILED':
      return to === 'DESTRUCTION_FAILED' && job.outcome !== undefined ? verdictOf(job) : failed(job, to, result);
    case 'SUCCEEDED':
      return { outcome: 'SUCCEEDED', exitCode: result?.exitCode ?? 0 };
    case 'DESTROYING':
      return from === 'ACQUIRING_CAPACITY' || from === 'CONFIGURING' ? failed(job, to, result) : verdictOf(job);
    case 'PENDING':
    case 'ACQUIRING_CAPACITY':
    case 'CONFIGURING':
    case 'RUNNING':
    case 'POST_RUN':
    case 'DONE':
      return verdictOf(job);
  }
}
