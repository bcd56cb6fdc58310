import { amend, newAttempt, releaseNote } from './amend.ts';
import type { JobChange, ParkedEntry } from './change.ts';
import { queueEntryOf } from './retry.ts';
import type { Job } from '../job/job.ts';
import { isoTime, type EpochMs } from '../job/ids.ts';

/** PENDING → ACQUIRING_CAPACITY: out of the queue, limits held, a new attempt, whose search for capacity begins. */
export function admit(job: Job, nowMs: EpochMs): JobChange {
  const first = job.firstAdmittedAtMs ?? nowMs;
  const next: Job = { ...job, state: 'ACQUIRING_CAPACITY', holdsLimits: true, firstAdmittedAtMs: first, admittedAtMs: nowMs };
  const change = amend(
    job,
    next,
    [{ type: 'StateChanged', message: 'admitted by the scheduler', from: 'PENDING', to: 'ACQUIRING_CAPACITY' }],
    nowMs,
  );
  return { ...change, attempt: newAttempt(next, nowMs), dequeue: queueEntryOf(job) };
}

/** A job that has nothing to try before `untilMs` gives its limits back and waits for a turn at `token`. */
export function park(job: Job, token: string, untilMs: EpochMs, why: string, nowMs: EpochMs): JobChange {
  const change = amend(
    job,
    { ...job, holdsLimits: false, parked: true, reason: { code: 'NoCapacity', message: why } },
    [{ type: 'Parked', message: why, data: { until: isoTime(untilMs) } }],
    nowMs,
  );
  const entry: ParkedEntry = {
    jobId: job.jobId,
    namespace: job.namespace,
    attempt: job.attempt,
    priority: job.priority,
    submittedAtMs: job.submittedAtMs,
    demand: job.demand,
    token,
    sinceMs: nowMs,
    untilMs,
  };
  return {
    ...change,
    park: entry,
    ...(job.holdsLimits ? { release: releaseNote(job, change.after.eventCount) } : {}),
  };
}

/** The scheduler's turn for a parked job: limits held again; its token is answered once this is written. */
export function giveTurn(job: Job, parked: ParkedEntry, nowMs: EpochMs): JobChange {
  const { reason: _reason, ...rest } = job;
  const change = amend(job, { ...rest, holdsLimits: true }, [{ type: 'TurnGiven', message: 'may try for capacity again' }], nowMs);
  return { ...change, park: { ...parked, turnGivenAtMs: nowMs } };
}
