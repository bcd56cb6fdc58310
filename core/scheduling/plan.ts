import type { EpochMs, JobId } from '../job/ids.ts';
import type { Hold, QuotaKey } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey } from '../queue/lane.ts';

/** A place where something is counted: a node of the share tree or an account quota. */
export type LimitPlace =
  | { readonly kind: 'deployment' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'user'; readonly namespace: string; readonly name: string };

export type LimitedAmount = 'runningJobs' | 'nodes' | 'vcpus' | 'gpus' | 'microUsdPerHour';

/** What holds a waiting job back. */
export type Obstacle =
  /** `used` of `limit` are held and the job asks for `asked`. */
  | { readonly kind: 'limit'; readonly place: LimitPlace; readonly amount: LimitedAmount; readonly limit: number; readonly used: number; readonly asked: number }
  /** There is room, but it is kept for what others are guaranteed. */
  | { readonly kind: 'guarantee'; readonly place: LimitPlace; readonly amount: LimitedAmount; readonly limit: number; readonly used: number; readonly kept: number; readonly asked: number }
  /** Alone it asks for more than the limit: it never starts. */
  | { readonly kind: 'tooLarge'; readonly place: LimitPlace; readonly amount: LimitedAmount; readonly limit: number; readonly asked: number }
  | { readonly kind: 'quota'; readonly quotas: readonly { readonly quota: QuotaKey; readonly limit: number; readonly used: number }[]; readonly asked: number }
  /** Nothing that it may be launched as may be tried before `untilMs`. */
  | { readonly kind: 'cooldown'; readonly untilMs: EpochMs; readonly code: string }
  /** Another job finds out whether what it may be launched as is back. `offering` is its key, for people. */
  | { readonly kind: 'probe'; readonly offering: string }
  /** Somebody holds it back; `scope` is the pause's, for people. */
  | { readonly kind: 'paused'; readonly scope: string; readonly by?: string; readonly reason: string }
  | { readonly kind: 'launches'; readonly inFlight: number; readonly limit: number }
  /** It would delay `jobId`, which comes before it and has its limits reserved from `fromMs` on. */
  | { readonly kind: 'reservation'; readonly jobId: JobId; readonly fromMs?: EpochMs }
  /** It has an attempt that found no capacity, and is not due before `untilMs`. */
  | { readonly kind: 'parked'; readonly untilMs: EpochMs }
  /** The cycle started or looked at as many as it may; the next one goes on. */
  | { readonly kind: 'cycle' };

/** What obstacles are called by programs. Listed in docs/scheduling.md. */
export type ObstacleCode =
  | 'LimitReached' | 'KeptForGuarantees' | 'TooLarge' | 'QuotaReached' | 'CoolingDown' | 'BeingProbed' | 'Paused' | 'LaunchesInFlight' | 'Reserved' | 'Parked' | 'NotYetConsidered';

/** A job that starts: out of the queue, or a parked one that gets its turn. `quotas` are the vCPUs it holds of each. */
export interface Start<Entry> {
  readonly entry: Entry;
  readonly quotas: Hold['quotas'];
}

/** A job that looks for machines now, with what it holds meanwhile. */
export type Seeker = Start<QueueEntry>;

/** The first of a class of equal jobs of one user that cannot start, and why. */
export interface Waiting extends LaneKey {
  readonly jobId: JobId;
  readonly shape: string;
  readonly obstacle: Obstacle;
  /** Of the first job that waits for limits: when it starts at the latest, if what runs ends within its bounds. */
  readonly reservedFromMs?: EpochMs;
}

/** Jobs of a lane that are alike. */
export interface HeldShape extends LaneKey {
  readonly shape: string;
}

/** The same where there is no room for them. */
export interface CrowdedShape extends HeldShape {
  /** Where that is; account quotas are the deployment's. */
  readonly place: LimitPlace;
  /** Whether there is room for none at all there. */
  readonly isFull: boolean;
}

/** What a cycle decides. Same input, same plan; the order of the input's lists does not matter. */
export interface CyclePlan {
  /** In the order in which they were chosen. */
  readonly admissions: readonly Start<QueueEntry>[];
  readonly turns: readonly Start<ParkedEntry>[];
  readonly waiting: readonly Waiting[];
  /**
   * Of the jobs that were read those that wait for capacity alone: there is nothing to launch them as, and there is room for
   * them, or would be but for jobs that do no more than find out whether there is anything.
   */
  readonly held: readonly HeldShape[];
  /** Those that wait for capacity, and for room too. */
  readonly crowded: readonly CrowdedShape[];
  /** What the plan would be better for: planning again with it may start more. */
  readonly wants: {
    /** Lanes that were used up to their windows' ends. */
    readonly lanes: readonly LaneKey[];
    /** Whether a job waits for limits that others could pass if it were known when limits come free. */
    readonly holders: boolean;
  };
}
