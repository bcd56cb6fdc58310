import { changeJob } from '../../core/job/change-job.ts';
import { InvalidTransitionError } from '../../core/errors/orchestrator-error.ts';
import { amend, type NewEvent } from '../../core/lifecycle/amend.ts';
import { enter } from '../../core/lifecycle/enter.ts';
import type { TaskInput } from '../../core/lifecycle/task.ts';
import { jobId } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { JobStore } from '../../core/ports/job-store.ts';

export interface JobPorts {
  readonly jobs: JobStore;
  readonly clock: Clock;
}

/** An execution works for one attempt; what a later attempt does is none of its business. */
function assertCurrent(job: Job, attempt: number): void {
  if (job.attempt !== attempt) {
    throw new InvalidTransitionError(`Attempt ${attempt} of job ${job.jobId} is over; attempt ${job.attempt} is under way.`);
  }
}

/** Reads the task's job, after moving it along the states that the task enters. */
export async function enterStates(ports: JobPorts, input: TaskInput): Promise<Job> {
  return changeJob(ports.jobs, jobId(input.jobId), (job) => {
    assertCurrent(job, input.attempt);
    return enter(job, undefined, input.enter, input.result, ports.clock.now());
  });
}

/** Adds entries to the job's history, and changes nothing else of it. */
export async function recordEvents(ports: JobPorts, job: Job, events: readonly NewEvent[]): Promise<Job> {
  if (events.length === 0) return job;
  return changeJob(ports.jobs, job.jobId, (now) => amend(now, now, events, ports.clock.now()));
}

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
