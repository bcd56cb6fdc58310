import type { ImageByArchitecture } from '../deployment/deployment.ts';
import type { EpochMs, InstanceId, JobId, MicroUsd } from '../job/ids.ts';
import type { Hold, Market, Node } from '../job/job.ts';
import type { Cooldown, Offering } from './offering.ts';

/** One pool of a gang. */
export interface PoolRequest {
  readonly pool: string;
  readonly count: number;
  readonly instanceTypes: readonly string[];
  readonly purchaseOption: 'OnDemand' | 'Spot' | 'SpotPreferred';
  readonly mix: 'Any' | 'Same';
  /** An alias of the deployment's machine images, or an AMI id. Absent: one of `images`, else that of the launch template. */
  readonly image?: string;
  /** What the runtime of the job wants where the pool names no image. */
  readonly images?: ImageByArchitecture;
  readonly diskSizeGiB?: number;
  readonly efa: boolean;
}

/**
 * All machines of an attempt: all pools together or none. The head's pool first, the others in manifest order; an empty
 * list of zones stands for every zone that the deployment serves.
 */
export interface GangRequest {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The cloud; absent: the default one. */
  readonly provider?: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly spread: 'Single' | 'Prefer' | 'Any';
  /** Whether the machines stand close together in a placement group made for the attempt. */
  readonly placementGroup?: boolean;
  readonly pools: readonly PoolRequest[];
  /** Ceiling on the gang's list price per hour, where the manifest names one. */
  readonly maxMicroUsdPerHour?: MicroUsd;
  /** Whether offerings are asked, too, that cool since machines were taken back there: nothing else may be left. */
  readonly despiteReclaims?: boolean;
  /** Since when the attempt seeks its machines: one that lacks what no cooldown tells of looks again ever more seldom. */
  readonly seekingSinceMs?: EpochMs;
  /** What the job holds of account quotas: nothing is launched of another. Absent or empty: none is counted. */
  readonly quotas?: Hold['quotas'];
}

/** A launch that is decided and not yet written. */
export interface PlannedLaunch {
  readonly jobId: JobId;
  readonly attempt: number;
  /** From 1 within the attempt. */
  readonly ordinal: number;
  readonly pool: string;
  readonly count: number;
  /** The launch brings at least this many or none: `count` for a whole pool in one call, 1 for what can be had. */
  readonly minimum: number;
  readonly market: Market;
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  /** Derived from job, attempt and ordinal: EC2 answers the same request again instead of launching twice. */
  readonly clientToken: string;
  /** The instances that this launch replaces; absent for the gang itself. */
  readonly replaces?: readonly InstanceId[];
  /** Ids of the capacity reservations that it takes of; only with the market `reserved`. */
  readonly reservations?: readonly string[];
  /** Whether the machines must stand close together: that they cannot says nothing about others. */
  readonly clustered?: boolean;
}

/** A launch as the order of launches finds it, before it gets its number. */
export type LaunchCandidate = Pick<PlannedLaunch, 'market' | 'instanceTypes' | 'zones' | 'count' | 'minimum' | 'reservations'>;

/** One launch call, written before the call is made. */
export interface LaunchRecord extends PlannedLaunch {
  readonly requestedAtMs: EpochMs;
  /**
   * The provider's exact request, there while the answer is not known: the very same call is then made again, whatever
   * the deployment has become meanwhile.
   */
  readonly request?: string;
  /** Absent while the answer is not known. */
  readonly result?: LaunchOutcome;
  /** When the answer came: what it brought may take a while from then to become visible. */
  readonly answeredAtMs?: EpochMs;
  /**
   * Set on the last launch of what stayed short: everything launched up to and including it is given up. After a `try`
   * the turn goes on elsewhere; after a `turn` the next one starts afresh, what was unavailable counts no more.
   */
  readonly ends?: 'try' | 'turn';
}

/** What a launch call brought. Partial capacity is a result. */
export interface LaunchOutcome {
  readonly launched: readonly LaunchedInstance[];
  readonly unavailable: readonly Unavailable[];
  readonly requestId?: string;
  /** Set when the launch was refused for a reason that waiting does not cure. */
  readonly rejected?: { readonly code: string; readonly message: string };
}

export interface LaunchedInstance {
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly zone: string;
  readonly market: Market;
}

export interface Unavailable {
  readonly offering: Offering;
  readonly code: string;
  readonly message: string;
}

/**
 * Why an acquisition stops early. `cancelled`: nothing more is wanted of the attempt, by its user or since it is torn down.
 * `superseded`: the attempt went on without whoever asks, and what was launched may be in use.
 */
export type Interruption = 'cancelled' | 'timedOut' | 'superseded';

/** What `acquire` answers: results, not exceptions. */
export type AcquireResult =
  | { readonly kind: 'acquired'; readonly nodes: readonly Node[]; readonly launches: number }
  | {
      readonly kind: 'short';
      /** How many nodes were missing; those that could be had are released again. */
      readonly shortfall: number;
      readonly untilMs: EpochMs;
      readonly cooldowns: readonly Cooldown[];
      /** Keys of the scopes whose cooldowns end then, a few at most: when one of them cools no more before, there is something to try. */
      readonly waitsFor?: readonly string[];
      /** What others find out says nothing to it before `untilMs`: that is the end of no cooldown, or the turn could make no call. */
      readonly byClock?: true;
      /** What else it lacks, in words: free addresses, its own budget. Absent where it lacks none. */
      readonly limits?: readonly string[];
      readonly launches: number;
    }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  /** What stayed short could not be verified gone in time. */
  | { readonly kind: 'leaked'; readonly remaining: number }
  | { readonly kind: 'interrupted'; readonly by: Interruption };

/** What `release` found: `remaining` instances are not yet shutting down. */
export interface ReleaseResult {
  readonly terminated: number;
  readonly remaining: number;
}

/** An instance that the provider runs and does not reach: its kernel hangs, or its host fails. */
export interface ImpairedInstance {
  readonly instanceId: InstanceId;
  readonly sinceMs: EpochMs;
}

/** An instance of an attempt as the provider sees it. */
export interface ProviderInstance {
  readonly instanceId: InstanceId;
  /** The cloud, where several were asked; absent: the default one. */
  readonly provider?: string;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';
  readonly instanceType: string;
  readonly zone: string;
  readonly market: Market;
  readonly address?: string;
  readonly jobId?: JobId;
  readonly attempt?: number;
  readonly pool?: string;
  readonly launchedAtMs: EpochMs;
  /** Somebody told it to go by a call, this deployment most likely: it was not taken back and did not fail. */
  readonly endedByCall?: true;
}

/** Whether an instance is on its way out for good, or gone. */
export function isGoing({ state }: Pick<ProviderInstance, 'state'>): boolean {
  return state === 'shutting-down' || state === 'terminated';
}
