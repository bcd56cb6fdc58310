import { coolingFor } from '../capacity/cooling-for.ts';
import type { MarketView } from '../capacity/market-view.ts';
import { scopeKey, type Cooldown } from '../capacity/offering.ts';
import { isoTime, type EpochMs } from '../job/ids.ts';
import type { Job, Reason } from '../job/job.ts';
import type { Waited } from '../scheduling/waited.ts';
import { amend } from './amend.ts';
import type { JobChange } from './change.ts';
import { queueEntryOf } from './queue-entry.ts';
import { retriedEvent, wantsRetry } from './retry.ts';

/** Offerings that a reason names. */
const MOST_NAMED = 6;

/** Why a job is given up that nobody could be admitted for: what it may be launched as, and since when there was none. */
export function queueTimeoutReason({ demand, capacityTimeoutSeconds }: Job, sinceMs: EpochMs, cooldowns: readonly Cooldown[], market: Pick<MarketView, 'region' | 'subnets'>): Reason {
  const short = coolingFor(demand, cooldowns, market).filter(({ pausedBy }) => pausedBy === undefined).map(({ scope, code }) => `${scopeKey(scope)} (${code})`).toSorted();
  const more = short.length > MOST_NAMED ? `, and ${short.length - MOST_NAMED} more` : '';
  const named = short.length === 0 ? '' : `: ${short.slice(0, MOST_NAMED).join(', ')}${more}`;
  const message = `Nothing that it may be launched as was to be had from ${isoTime(sinceMs)} on${named}. Its ${capacityTimeoutSeconds} s are over; it waited in the queue while other jobs asked.`;
  return { code: 'CapacityTimeout', message };
}

/**
 * PENDING → DONE with NO_CAPACITY, without an attempt of its own: its whole time it was held back for capacity alone. Where the
 * retry policy wants another attempt it stays where it is in the queue, and its time begins anew.
 *
 * @param waited for what it waited
 */
export function giveUp(job: Job, reason: Reason, nowMs: EpochMs, waited: readonly Waited[] = []): JobChange {
  const told = waited.length === 0 ? {} : { waited };
  const ended: Job = { ...job, state: 'DONE', outcome: 'NO_CAPACITY', reason, endedAtMs: nowMs };
  if (wantsRetry(ended)) {
    const retried = retriedEvent(ended);
    const change = amend(job, { ...job, attempt: job.attempt + 1, queuedAtMs: nowMs }, [{ ...retried, data: { ...retried.data, ...told } }], nowMs);
    return { ...change, dequeue: queueEntryOf(job), enqueue: queueEntryOf(change.after) };
  }
  const event = { type: 'StateChanged', message: reason.message, from: 'PENDING', to: 'DONE', data: { outcome: 'NO_CAPACITY', ...told } } as const;
  return { ...amend(job, ended, [event], nowMs), dequeue: queueEntryOf(job) };
}
