import type { EpochMs } from '../job/ids.ts';
import { epochMs } from '../job/ids.ts';
import type { Job } from '../job/job.ts';
import { isTerminal } from './states.ts';
import { capacityDeadline, ttlDeadline } from './time-over.ts';

/**
 * When the attempt must have left its state at the latest: the search for capacity is bounded by its time-out, configuration
 * and run by the TTL, what follows by `windDownSeconds` since the job last changed. `undefined`: nothing bounds it, since it
 * waits in the queue or has ended.
 */
function latestEnd(job: Job): EpochMs | undefined {
  switch (job.state) {
    case 'ACQUIRING_CAPACITY':
      return capacityDeadline(job);
    case 'CONFIGURING':
    case 'RUNNING':
      return ttlDeadline(job);
    default:
      return job.state === 'PENDING' || isTerminal(job.state) ? undefined : windDownEnd(job);
  }
}

/** A job that is revived again and again changes each time: what it holds is to be given back by a time of its own. */
function windDownEnd({ updatedAtMs, windDownSeconds, hold }: Job): EpochMs {
  return epochMs(Math.min(updatedAtMs + windDownSeconds * 1000, hold?.endsByMs ?? Number.POSITIVE_INFINITY));
}

/**
 * Whether nothing moves an attempt any more that should have: its time in its state was over `graceMs` ago, and neither its
 * execution nor the reconciler has led it on.
 */
export function isStuck(job: Job, nowMs: EpochMs, graceMs: number): boolean {
  const endMs = latestEnd(job);
  return endMs !== undefined && nowMs > endMs + graceMs;
}
