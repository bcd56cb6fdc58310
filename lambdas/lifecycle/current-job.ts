import { changeJob } from '../../core/job/change-job.ts';
import { InvalidTransitionError } from '../../core/errors/orchestrator-error.ts';
import { alsoRecord, amend, type NewEvent } from '../../core/lifecycle/amend.ts';
import type { JobChange } from '../../core/lifecycle/change.ts';
import { enter } from '../../core/lifecycle/enter.ts';
import type { TaskInput } from '../../core/lifecycle/task.ts';
import { jobId } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import { logKeys } from '../runtime/logger.ts';

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

/** Reads the task's job, perhaps as it was a moment ago: a change that is based on it would be refused then. */
export async function currentJob(ports: JobPorts, input: TaskInput): Promise<Job> {
  return changeCurrent(ports, input, () => undefined);
}

/**
 * Decides on the job as a cheap read shows it, since a commit on an older one is refused; a read that is too old to
 * decide on is made once more.
 */
async function changeCurrent(ports: JobPorts, input: TaskInput, decide: (job: Job) => JobChange | undefined, known?: Job): Promise<Job> {
  const id = jobId(input.jobId);
  const assured = (job: Job): JobChange | undefined => {
    logKeys({ namespace: job.namespace, user: job.user });
    assertCurrent(job, input.attempt);
    return decide(job);
  };
  try {
    return await changeJob(ports.jobs, id, assured, known ?? (await ports.jobs.peek(id)));
  } catch (error) {
    if (!(error instanceof InvalidTransitionError)) throw error;
    return changeJob(ports.jobs, id, assured);
  }
}

/**
 * Moves the task's job along the states that the task enters, with what else is to be told, in one change; answers the
 * job as it is then, or was a moment ago if nothing was to be changed. Whoever has just read the job gives it as `known`.
 */
export async function enterStates(ports: JobPorts, input: TaskInput, also: readonly NewEvent[] = [], known?: Job): Promise<Job> {
  return changeCurrent(ports, input, (job) => {
    const nowMs = ports.clock.now();
    const entered = enter(job, undefined, input.enter, input.result, nowMs);
    if (entered === undefined && also.length === 0) return undefined;
    return alsoRecord(entered ?? amend(job, job, [], nowMs), also, nowMs);
  }, known);
}

/** The task's job as it is once it has entered the states that the task enters; nothing is written. */
export async function asEntered(ports: JobPorts, input: TaskInput, known: Job): Promise<Job> {
  let entered = known;
  const foresee = (job: Job): undefined => {
    entered = enter(job, undefined, input.enter, input.result, ports.clock.now())?.after ?? job;
  };
  await changeCurrent(ports, input, foresee, known);
  return entered;
}

/** Adds entries to the history of a job that was just read, and changes nothing else of it. */
export async function recordEvents(ports: JobPorts, job: Job, events: readonly NewEvent[]): Promise<Job> {
  if (events.length === 0) return job;
  return changeJob(ports.jobs, job.jobId, (now) => amend(now, now, events, ports.clock.now()), job);
}
