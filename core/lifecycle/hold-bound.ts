import type { Job } from '../job/job.ts';

/** A turn is over after this long: its job has its machines by then, or gives its limits back and parks. */
const TURN_SECONDS = 1800;

/**
 * How long a job holds limits at the longest, from when it gets them: its turn, its TTL, which counts from
 * CONFIGURING, then post-run and teardown. The time it may be parked does not count: it holds nothing then.
 */
export function holdSeconds({ capacityTimeoutSeconds, ttlSeconds, windDownSeconds }: Pick<Job, 'capacityTimeoutSeconds' | 'ttlSeconds' | 'windDownSeconds'>): number {
  return Math.min(capacityTimeoutSeconds, TURN_SECONDS) + ttlSeconds + windDownSeconds;
}
