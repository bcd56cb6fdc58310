import type { Job } from '../job/job.ts';
import { laneOf, shapeOf } from '../queue/lane.ts';
import type { QueueEntry } from './change.ts';
import { holdSeconds } from './hold-bound.ts';

/** What a PENDING job has in the queue. */
export function queueEntryOf(job: Job): QueueEntry {
  const { jobId, namespace, user, priority, submittedAtMs, queuedAtMs, demand, capacityTimeoutSeconds } = job;
  const bound = holdSeconds(job);
  return {
    jobId, namespace, user, lane: laneOf(demand), shape: shapeOf(demand, bound), priority, submittedAtMs, demand,
    holdSeconds: bound, timeoutSeconds: capacityTimeoutSeconds,
    ...(queuedAtMs === undefined ? {} : { queuedAtMs }),
  };
}
