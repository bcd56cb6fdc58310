import type { EpochMs } from '../job/ids.ts';
import type { Reason } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';

/** What a leaf share holds now, counted by the scheduler alone. */
export interface ShareUse {
  readonly namespace: string;
  readonly runningJobs: number;
  readonly nodes: number;
  readonly microUsdPerHour: number;
}

/** Limits and weights of a deployment. */
export interface SchedulingPolicy {
  /** Jobs that may hold limits at once. */
  readonly maxRunningJobs: number;
  /** Weight of a namespace's share; 1 where none is named. */
  readonly weights: Readonly<Record<string, number>>;
}

/** What a cycle decides on. `queues` holds the first entries of each leaf, best first. */
export interface QueueSnapshot {
  readonly uses: readonly ShareUse[];
  readonly queues: readonly { readonly namespace: string; readonly entries: readonly QueueEntry[] }[];
  readonly parked: readonly ParkedEntry[];
}

/** What a cycle decides. Same input, same plan. */
export interface CyclePlan {
  readonly admissions: readonly QueueEntry[];
  readonly turns: readonly ParkedEntry[];
  readonly waiting: Readonly<Record<string, Reason>>;
}

export type PlanCycle = (snapshot: QueueSnapshot, policy: SchedulingPolicy, nowMs: EpochMs) => CyclePlan;
