import type { Amounts, Attempt, Demand, Hold, Job, JobEvent } from '../job/job.ts';
import type { JobEventType } from '../job/event-types.ts';
import type { EpochMs, MicroUsd } from '../job/ids.ts';
import type { JobChange } from './change.ts';
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
    ...(job.provider === undefined ? {} : { provider: job.provider }),
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

/** The note by which the scheduler learns that `job` holds its limits no longer; none where it holds none. */
export function releaseNote(job: Job, cause: number, costMicroUsd: MicroUsd, nowMs: EpochMs): Pick<JobChange, 'release'> {
  const { jobId, namespace, user, attempt, hold } = job;
  if (hold === undefined) return {};
  return { release: { jobId, namespace, user, attempt, amounts: amountsOf(job.demand), hold, atMs: nowMs, costMicroUsd, cause } };
}

/** The attempt record of a job's admission. */
export function newAttempt(job: Job, hold: Hold, nowMs: EpochMs): Attempt {
  return {
    jobId: job.jobId,
    namespace: job.namespace,
    user: job.user,
    attempt: job.attempt,
    state: 'ACQUIRING_CAPACITY',
    admittedAtMs: nowMs,
    amounts: amountsOf(job.demand),
    hold,
    active: true,
  };
}

/** What is counted of a demand. */
export function amountsOf({ nodes, vcpus, gpus, microUsdPerHour }: Demand): Amounts {
  return { nodes, vcpus, gpus, microUsdPerHour };
}
