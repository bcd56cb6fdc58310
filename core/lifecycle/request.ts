import { askedBy, type Origin } from '../audit/origin.ts';
import { InvalidTransitionError } from '../errors/orchestrator-error.ts';
import { amend } from './amend.ts';
import type { JobChange } from './change.ts';
import { queueEntryOf } from './queue-entry.ts';
import { isCancellable } from './states.ts';
import type { Job } from '../job/job.ts';
import type { EpochMs } from '../job/ids.ts';

/**
 * A user's cancel. While PENDING it ends the job at once; later it leaves a mark that the running task, or the token
 * it waits for, acts on. Answers `already` for a job whose cancel was asked for before.
 *
 * @throws InvalidTransitionError from DESTROYING on: there is nothing left to stop.
 */
export function requestCancel(job: Job, by: string, nowMs: EpochMs, origin?: Origin): JobChange | 'already' {
  if (job.outcome === 'CANCELLED' || job.cancelRequestedBy !== undefined) return 'already';
  if (!isCancellable(job.state)) {
    throw new InvalidTransitionError(`The job is ${job.state}: there is nothing left to cancel.`, { state: job.state });
  }
  const reason = { code: 'Cancelled', message: `Cancelled by ${by}.` };
  const event = { type: 'CancelRequested', message: reason.message, data: askedBy(by, origin) } as const;
  if (job.state !== 'PENDING') return amend(job, { ...job, cancelRequestedBy: by }, [event], nowMs);
  const ended: Job = { ...job, state: 'DONE', outcome: 'CANCELLED', reason, cancelRequestedBy: by, endedAtMs: nowMs };
  const moved = { type: 'StateChanged', message: reason.message, from: 'PENDING', to: 'DONE', data: { outcome: 'CANCELLED' } } as const;
  return { ...amend(job, ended, [event, moved], nowMs), dequeue: queueEntryOf(job) };
}

/**
 * Lets an interactive cluster end well: its run is over with SUCCEEDED. Before it runs, a release is remembered.
 *
 * @throws InvalidTransitionError when the run is over, or the job is not interactive.
 */
export function requestRelease(job: Job, by: string, nowMs: EpochMs, origin?: Origin): JobChange | 'already' {
  if (job.releaseRequestedBy !== undefined) return 'already';
  if (!job.interactive) {
    throw new InvalidTransitionError('The job runs steps of its own and ends with them; cancel it to stop it early.', { interactive: false });
  }
  const early = ['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING'] as const;
  if (!(early as readonly string[]).includes(job.state)) {
    throw new InvalidTransitionError(`The job is ${job.state}: its run is over, there is nothing to release.`, { state: job.state });
  }
  const event = { type: 'ReleaseRequested', message: `Released by ${by}.`, data: askedBy(by, origin) } as const;
  return amend(job, { ...job, releaseRequestedBy: by }, [event], nowMs);
}

/** Moves a waiting job to another priority; one that was admitted keeps its own. */
export function setPriority(job: Job, priority: number, by: string, nowMs: EpochMs, origin?: Origin): JobChange | 'already' {
  if (job.priority === priority) return 'already';
  if (job.state !== 'PENDING') {
    throw new InvalidTransitionError(`The job is ${job.state}: priority orders the queue, and it has left it.`, { state: job.state });
  }
  const next = { ...job, priority };
  const event = { type: 'PriorityChanged', message: `Priority ${job.priority} → ${priority} by ${by}.`, data: { ...askedBy(by, origin), from: job.priority, to: priority } } as const;
  return { ...amend(job, next, [event], nowMs), dequeue: queueEntryOf(job), enqueue: queueEntryOf(next) };
}
