import type { Attempt, Job, JobEvent } from '../job/job.ts';
import type { JobEventType } from '../job/event-types.ts';
import type { EpochMs } from '../job/ids.ts';
import type { JobChange, LimitRelease } from './change.ts';
import type { JobState } from './states.ts';

/** An entry of the history before it has its number. */
export interface NewEvent {
  readonly type: JobEventType;
  readonly message: string;
  readonly from?: JobState;
  readonly to?: JobState;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Gives events their numbers, from `after` + 1. */
export function numberEvents(job: Job, nowMs: EpochMs, after: number, events: readonly NewEvent[]): JobEvent[] {
  return events.map((event, i) => ({
    jobId: job.jobId,
    namespace: job.namespace,
    number: after + i + 1,
    atMs: nowMs,
    attempt: job.attempt,
    ...event,
  }));
}

/** Builds the change from `before` to `next` with its history; revision, event count and time are kept here. */
export function amend(before: Job, next: Job, events: readonly NewEvent[], nowMs: EpochMs): JobChange {
  const after: Job = {
    ...next,
    revision: before.revision + 1,
    eventCount: before.eventCount + events.length,
    updatedAtMs: nowMs,
  };
  return { before, after, events: numberEvents(before, nowMs, before.eventCount, events) };
}

/** Adds entries to the history that a change writes. */
export function alsoRecord(change: JobChange, events: readonly NewEvent[], nowMs: EpochMs): JobChange {
  const { after } = change;
  return {
    ...change,
    after: { ...after, eventCount: after.eventCount + events.length },
    events: [...change.events, ...numberEvents(after, nowMs, after.eventCount, events)],
  };
}

/** The note by which the scheduler learns that `job` holds its demand no longer. */
export function releaseNote(job: Job, cause: number): LimitRelease {
  return { jobId: job.jobId, namespace: job.namespace, attempt: job.attempt, demand: job.demand, cause };
}

/** The attempt record of a job's admission. */
export function newAttempt(job: Job, nowMs: EpochMs): Attempt {
  return {
    jobId: job.jobId,
    namespace: job.namespace,
    attempt: job.attempt,
    state: 'ACQUIRING_CAPACITY',
    admittedAtMs: nowMs,
    demand: job.demand,
    active: true,
  };
}
