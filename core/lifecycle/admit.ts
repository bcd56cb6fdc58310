import { amend, newAttempt, releaseNote } from './amend.ts';
import type { JobChange, ParkedEntry } from './change.ts';
import { queueEntryOf } from './queue-entry.ts';
import { holdSeconds } from './hold-bound.ts';
import { waitsOf } from './waits.ts';
import type { Hold, Job } from '../job/job.ts';
import type { Waited } from '../scheduling/waited.ts';
import { epochMs, isoTime, microUsd, type EpochMs } from '../job/ids.ts';

/** What a job holds that starts now. */
function holdFrom(job: Job, quotas: Hold['quotas'], nowMs: EpochMs): Hold {
  return { sinceMs: nowMs, endsByMs: epochMs(nowMs + holdSeconds(job) * 1000), quotas };
}

/** Whoever is admitted may seek for this long, however long it was held back: a turn of a large gang takes minutes. */
const LEAST_SEARCH_MS = 300_000;

/** What is known of a job's wait when it is over. */
export interface WaitOver {
  /** Since when it is held back for capacity alone: its search counts from then. */
  readonly heldSinceMs?: EpochMs | undefined;
  /** For what it waited. */
  readonly waited?: readonly Waited[];
}

/** PENDING → ACQUIRING_CAPACITY: out of the queue, limits held, a new attempt, whose search for capacity begins. */
export function admit(job: Job, quotas: Hold['quotas'], nowMs: EpochMs, wait: WaitOver = {}): JobChange {
  const { heldSinceMs, waited = [] } = wait;
  const hold = holdFrom(job, quotas, nowMs);
  const first = job.firstAdmittedAtMs ?? nowMs;
  const next: Job = { ...job, state: 'ACQUIRING_CAPACITY', hold, firstAdmittedAtMs: first, admittedAtMs: nowMs, ...soughtSince(job, nowMs, heldSinceMs) };
  const data = { ...(heldSinceMs === undefined ? {} : { heldBackSinceMs: heldSinceMs }), ...(waited.length === 0 ? {} : { waited }) };
  const admitted = { type: 'StateChanged', message: 'admitted by the scheduler', from: 'PENDING', to: 'ACQUIRING_CAPACITY' } as const;
  const change = amend(job, next, [{ ...admitted, ...(Object.keys(data).length === 0 ? {} : { data }) }], nowMs);
  return { ...change, attempt: newAttempt(next, hold, nowMs), dequeue: queueEntryOf(job) };
}

function soughtSince({ capacityTimeoutSeconds }: Job, nowMs: EpochMs, heldSinceMs: EpochMs = nowMs): Pick<Job, 'seekingSinceMs'> {
  const sinceMs = Math.max(heldSinceMs, nowMs - Math.max(0, capacityTimeoutSeconds * 1000 - LEAST_SEARCH_MS));
  return sinceMs < nowMs ? { seekingSinceMs: epochMs(sinceMs) } : {};
}

/** A job that has nothing to try before `untilMs` gives its limits back and waits for a turn at `token`. */
export function park(job: Job, token: string, untilMs: EpochMs, why: string, nowMs: EpochMs, waits: Parameters<typeof waitsOf>[0] = {}): JobChange {
  const { hold: _hold, ...rest } = job;
  const change = amend(
    job,
    { ...rest, parked: true, reason: { code: 'NoCapacity', message: why } },
    [{ type: 'Parked', message: why, data: { until: isoTime(untilMs) } }],
    nowMs,
  );
  const entry: ParkedEntry = { ...queueEntryOf(job), attempt: job.attempt, token, sinceMs: nowMs, untilMs, ...waitsOf(waits) };
  // A gang that stayed short was given up: nothing of it costs.
  return { ...change, park: entry, ...releaseNote(job, change.after.eventCount, microUsd(0), nowMs) };
}

/**
 * The scheduler's turn for a parked job: limits held again, until a later time than before, as its attempt's record says
 * when the parked entry is gone. Its token is answered once this is written.
 */
export function giveTurn(job: Job, parked: ParkedEntry, quotas: Hold['quotas'], nowMs: EpochMs): JobChange {
  const hold = holdFrom(job, quotas, nowMs);
  const { reason: _reason, ...rest } = job;
  const change = amend(job, { ...rest, hold }, [{ type: 'TurnGiven', message: 'may try for capacity again' }], nowMs);
  return { ...change, newHold: hold, park: { ...parked, hold } };
}
