import { InvalidTransitionError } from '../errors/orchestrator-error.ts';
import { isAllowed } from './transitions.ts';
import { amend, releaseNote, type NewEvent } from './amend.ts';
import { closeAttempt } from './enter.ts';
import type { JobChange } from './change.ts';
import { queueEntryOf } from './queue-entry.ts';
import type { Attempt, Job } from '../job/job.ts';
import { microUsd, type EpochMs } from '../job/ids.ts';

/** The reason's code of a launch that the cloud refused for good: it is refused the next time, too, until somebody changes something. */
export const LAUNCH_REJECTED = 'LaunchRejected';

/** Whether the job's retry policy asks for another attempt now that this one has come to `job.outcome`. */
export function wantsRetry(job: Job): boolean {
  return (
    job.outcome !== undefined &&
    job.reason?.code !== LAUNCH_REJECTED &&
    job.cancelRequestedBy === undefined &&
    job.attempt < job.retry.maxAttempts &&
    job.retry.on.includes(job.outcome)
  );
}

/** What the history says of an attempt that another one follows. */
export function retriedEvent({ attempt, outcome, reason, retry: { maxAttempts } }: Pick<Job, 'attempt' | 'outcome' | 'reason' | 'retry'>): NewEvent {
  return {
    type: 'AttemptRetried',
    message: `Attempt ${attempt} ended ${outcome ?? ''}: ${reason?.message ?? 'no reason known'} Attempt ${attempt + 1} of ${maxAttempts} waits in the queue.`,
    data: { outcome, attempt },
  };
}

/**
 * Ends the attempt and puts the job back into the queue in one change, so that nobody sees a job ended that is not.
 * Called when every machine of the attempt is verified gone. The job keeps its place by submission time; its search for
 * capacity has its whole time again.
 *
 * @throws InvalidTransitionError from a state that no attempt ends in.
 */
export function retry(job: Job, attempt: Attempt, nowMs: EpochMs): JobChange {
  const { outcome: _outcome, reason: _reason, exitCode: _code, scheduler: _scheduler, admittedAtMs: _admitted, seekingSinceMs: _seeking, configuringAtMs: _at, parked: _parked, hold: _hold, ...rest } = job;
  if (!isAllowed(job.state, 'PENDING')) throw new InvalidTransitionError(`A job cannot go from ${job.state} to PENDING.`, { from: job.state, to: 'PENDING' });
  const ended = job.state === 'DESTROYING' ? 'DONE' : 'PROVISIONING_FAILED';
  const next: Job = { ...rest, state: 'PENDING', attempt: job.attempt + 1, queuedAtMs: nowMs };
  const change = amend(
    job,
    next,
    [
      retriedEvent(job),
      { type: 'StateChanged', message: 'a new attempt by the retry policy', from: job.state, to: 'PENDING' },
    ],
    nowMs,
  );
  return {
    ...change,
    attempt: closeAttempt(attempt, { ...job, state: ended }, true, nowMs),
    enqueue: queueEntryOf(change.after),
    ...releaseNote(job, change.after.eventCount, attempt.costMicroUsd ?? microUsd(0), nowMs),
    ...(job.parked === true ? { unpark: true } : {}),
  };
}
