import type { EpochMs, InstanceId, JobId, MicroUsd } from '../job/ids.ts';
import type { Market, Node } from '../job/job.ts';
import type { Cooldown, Offering } from './offering.ts';

/** One pool of a gang. */
export interface PoolRequest {
  readonly pool: string;
  readonly count: number;
  readonly instanceTypes: readonly string[];
  readonly purchaseOption: 'OnDemand' | 'Spot' | 'SpotPreferred';
  readonly mix: 'Any' | 'Same';
  /** AMI id by architecture, or absent for the deployment's default. */
  readonly image?: string;
  readonly diskSizeGiB?: number;
  readonly efa: boolean;
}

/** All machines of an attempt: all pools together or none. Pools in manifest order, the head's pool first. */
export interface GangRequest {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly region: string;
  readonly zones: readonly string[];
  readonly spread: 'Single' | 'Prefer' | 'Any';
  readonly pools: readonly PoolRequest[];
  /** Ceiling on the gang's list price per hour, where the manifest names one. */
  readonly maxMicroUsdPerHour?: MicroUsd;
}

/** One launch call: the exact request, written before the call is made. `ordinal` from 1 within the attempt. */
export interface LaunchRecord {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly ordinal: number;
  readonly pool: string;
  readonly count: number;
  readonly minimum: number;
  readonly market: Market;
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  /** Derived from job, attempt and ordinal: EC2 answers the same request again instead of launching twice. */
  readonly clientToken: string;
  readonly requestedAtMs: EpochMs;
  /** Absent while the answer is not known: the very same call is then made again. */
  readonly result?: LaunchOutcome;
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

/** What `acquire` answers: results, not exceptions. */
export type AcquireResult =
  | { readonly kind: 'acquired'; readonly nodes: readonly Node[]; readonly launches: number }
  | {
      readonly kind: 'short';
      /** Nodes that could be had at best, of those asked for; all of them are released again. */
      readonly shortfall: number;
      readonly untilMs: EpochMs;
      readonly cooldowns: readonly Cooldown[];
      readonly launches: number;
    }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  /** What stayed short could not be verified gone in time. */
  | { readonly kind: 'leaked'; readonly remaining: number }
  | { readonly kind: 'interrupted'; readonly by: 'cancelled' | 'timedOut' };

/** What `release` found: `remaining` instances are not yet shutting down. */
export interface ReleaseResult {
  readonly terminated: number;
  readonly remaining: number;
}

/** An instance of an attempt as the provider sees it. */
export interface ProviderInstance {
  readonly instanceId: InstanceId;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';
  readonly instanceType: string;
  readonly zone: string;
  readonly market: Market;
  readonly address?: string;
  readonly jobId?: JobId;
  readonly attempt?: number;
  readonly pool?: string;
  readonly launchedAtMs: EpochMs;
}
