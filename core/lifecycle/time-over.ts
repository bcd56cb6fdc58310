import { epochMs, isoTime, type EpochMs } from '../job/ids.ts';
import type { Job, Reason } from '../job/job.ts';
import type { TaskAnswer } from './task.ts';

/** When an attempt gives up waiting for capacity: counted from its admission, or from when it was held back for capacity before, parked time included. */
export function capacityDeadline(job: Job): EpochMs {
  return epochMs((job.seekingSinceMs ?? job.admittedAtMs ?? job.submittedAtMs) + job.capacityTimeoutSeconds * 1000);
}

/** Why a job gives up waiting for capacity. */
export function timeoutReason({ capacityTimeoutSeconds, seekingSinceMs }: Pick<Job, 'capacityTimeoutSeconds' | 'seekingSinceMs'>): Reason {
  const within = `within ${capacityTimeoutSeconds} s`;
  const message = seekingSinceMs === undefined
    ? `No zone had the whole gang ${within} of its admission.`
    : `No zone had the whole gang ${within} of ${isoTime(seekingSinceMs)}, from when on it was held in the queue for others to find out.`;
  return { code: 'CapacityTimeout', message };
}

/** When the job's time to live is over: counted from CONFIGURING. */
export function ttlDeadline(job: Job): EpochMs {
  return epochMs((job.configuringAtMs ?? job.submittedAtMs) + job.ttlSeconds * 1000);
}

/** Why a job ends whose time to live is over. */
export function ttlReason(job: Job): Reason {
  return { code: 'TtlExceeded', message: `The TTL of ${job.ttlSeconds} s is over; it counts from CONFIGURING.` };
}

/** What whoever waits is to be told when the job's time in its state is over: the search for capacity, or the TTL. */
export function timeOver(job: Job, nowMs: EpochMs): TaskAnswer | undefined {
  switch (job.state) {
    case 'ACQUIRING_CAPACITY':
      return nowMs < capacityDeadline(job) ? undefined : { kind: 'timedOut', reason: timeoutReason(job) };
    case 'CONFIGURING':
    case 'RUNNING':
      return nowMs < ttlDeadline(job) ? undefined : { kind: 'timedOut', reason: ttlReason(job) };
    default:
      return undefined;
  }
}
