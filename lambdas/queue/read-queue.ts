import type { Deployment } from '../../core/deployment/deployment.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CooldownStore } from '../../core/ports/capacity-provider.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { SchedulerStore } from '../../core/ports/scheduler-store.ts';
import { afterReleases } from '../../core/scheduling/after-releases.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import type { ActiveLane, LaneWindow, SchedulingSnapshot } from '../../core/scheduling/snapshot.ts';
import { schedulingPolicy } from './scheduling-policy.ts';

export interface QueueReaderPorts {
  readonly scheduler: Pick<SchedulerStore, 'overview' | 'window' | 'launching'>;
  readonly jobs: Pick<JobStore, 'peek'>;
  readonly cooldowns: Pick<CooldownStore, 'active'>;
  readonly deployment: Pick<Deployment, 'region' | 'subnets' | 'limits'>;
  readonly clock: Clock;
}

/** The queue as the scheduler sees it, for somebody who only looks: nothing is written, and no lease is needed. */
export interface QueueLook {
  readonly nowMs: EpochMs;
  readonly policy: SchedulingPolicy;
  /** Lanes that may have jobs. */
  readonly active: readonly ActiveLane[];
  /** Without windows. Ends that the scheduler has not counted yet are counted. */
  readonly snapshot: SchedulingSnapshot;
}

/** Windows that are read at once. */
const READS_AT_ONCE = 32;

/** Reads all that a cycle looks at but for the queues themselves. */
export async function readQueue({ scheduler, jobs, cooldowns, deployment, clock }: QueueReaderPorts): Promise<QueueLook> {
  const nowMs = clock.now();
  const [overview, cooling, launching] = await Promise.all([scheduler.overview(), cooldowns.active(nowMs), countLaunching({ scheduler, jobs })]);
  const { shares, uses, lanes, parked, releases, pauses } = overview;
  return {
    nowMs,
    policy: schedulingPolicy(shares, deployment),
    active: lanes.filter(({ pending }) => pending > 0),
    snapshot: { uses: afterReleases(uses, releases), lanes: [], parked, pauses, cooldowns: cooling, launching },
  };
}

/** The list is pruned only when it is full: jobs of it that are looking for machines no longer are left out here. */
async function countLaunching({ scheduler, jobs }: Pick<QueueReaderPorts, 'scheduler' | 'jobs'>): Promise<number> {
  const listed = await scheduler.launching();
  const found = await Promise.all(listed.map((jobId) => jobs.peek(jobId)));
  return found.filter((job) => job?.state === 'ACQUIRING_CAPACITY' && job.hold !== undefined).length;
}

/** The fronts of these lanes. */
export async function readWindows(scheduler: Pick<SchedulerStore, 'window'>, lanes: readonly ActiveLane[], depth: number): Promise<readonly LaneWindow[]> {
  const windows: LaneWindow[] = [];
  for (let from = 0; from < lanes.length; from += READS_AT_ONCE) {
    windows.push(...(await Promise.all(lanes.slice(from, from + READS_AT_ONCE).map((lane) => scheduler.window(lane, depth)))));
  }
  return windows;
}
