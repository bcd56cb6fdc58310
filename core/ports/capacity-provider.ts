import type { Cooldown } from '../capacity/offering.ts';
import type { AcquireResult, GangRequest, ImpairedInstance, Interruption, ProviderInstance, ReleaseResult } from '../capacity/gang.ts';
import type { EpochMs, InstanceId, JobId } from '../job/ids.ts';
import type { Node } from '../job/job.ts';

/** What a dry run shows: what would be tried, in order, and what it costs at most. */
export interface CapacityPlan {
  readonly launches: readonly {
    readonly pool: string;
    readonly count: number;
    readonly market: string;
    readonly instanceTypes: readonly string[];
    readonly zones: readonly string[];
    /** What put this launch at its place, in words. */
    readonly why: string;
    /** Of all its machines at the prices known now. */
    readonly microUsdPerHour: number;
  }[];
  readonly cooling: readonly Cooldown[];
  readonly maxMicroUsdPerHour: number;
  /** Of an attempt whose nodes run for as long as was asked. */
  readonly maxMicroUsdPerAttempt: number;
  /** Limits that the job would meet: quotas, addresses, budget. Waiting may cure them. */
  readonly limits: readonly string[];
  /** What nobody could say, and why: the plan is made without it. */
  readonly without: readonly string[];
  readonly notes: readonly string[];
}

/** Asked between launch calls: a long acquisition stops early when its job is cancelled, out of time or went on without it. */
export type Interrupted = () => Promise<Interruption | undefined>;

/** Told of a provider, by its name, that could not say which instances it has, and why. */
export type Unheard = (provider: string, error: unknown) => void;

/** An attempt, and the provider that its job names; absent: the default one. */
export interface AttemptOfProvider {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly provider?: string;
}

/**
 * A cloud that has machines. All calls are idempotent: `acquire` goes on from the records of the attempt, `release`
 * may be called until nothing remains. Expected shortages are results.
 */
export interface CapacityProvider {
  /** @param heldSeconds how long an attempt holds its machines at most */
  plan(request: GangRequest, heldSeconds: number): Promise<CapacityPlan>;
  acquire(request: GangRequest, interrupted: Interrupted): Promise<AcquireResult>;
  /**
   * Launches replacements for nodes that never came up or were lost: same pool, same zone, same rank and name. What it
   * launched is given up where it is interrupted, unless the attempt may be using it.
   */
  replace(request: GangRequest, nodes: readonly Node[], interrupted: Interrupted): Promise<AcquireResult>;
  /** Terminates everything of the attempt and says what is not yet shutting down. */
  release(attempt: AttemptOfProvider): Promise<ReleaseResult>;
  terminate(instances: readonly InstanceId[]): Promise<void>;
  describe(attempt: AttemptOfProvider): Promise<readonly ProviderInstance[]>;
  /**
   * All instances of this deployment that are not terminated, whoever they belong to. Who is made of several providers
   * tells `unheard` of those that fail and answers what the others have; without it, or where there is one only, throws.
   */
  describeAll(unheard?: Unheard): Promise<readonly ProviderInstance[]>;
  /**
   * Instances that the provider runs and does not reach, `among` these or all; of all, others of the account may be among
   * them. With `unheard` as `describeAll`.
   */
  impaired(among?: readonly InstanceId[], unheard?: Unheard): Promise<readonly ImpairedInstance[]>;
  /** One instance of this deployment, in whatever state it is remembered; `undefined` for one that is not the deployment's. */
  find(instanceId: InstanceId): Promise<ProviderInstance | undefined>;
}

/** Cooldowns are shared by all jobs and expire by time on read. */
export interface CooldownStore {
  /** Perhaps as of a moment ago. */
  active(nowMs: EpochMs): Promise<readonly Cooldown[]>;
  /**
   * The latest of each scope, those that expired within the last day too: a scope that fails again waits longer,
   * and is tried after those that have not failed. Strongly consistent: a pause binds each launch from then on.
   */
  recent(nowMs: EpochMs): Promise<readonly Cooldown[]>;
  /** Replaces what was known of these scopes. */
  record(cooldowns: readonly Cooldown[]): Promise<void>;
  /** Replaces a cooldown by another of its scope. `false`: it was replaced or cleared since it was read. */
  replace(known: Cooldown, next: Cooldown): Promise<boolean>;
  /** A success clears the scope. */
  clear(keys: readonly string[]): Promise<void>;
}

/** Facts about an instance type. */
export interface InstanceTypeFacts {
  readonly instanceType: string;
  readonly vcpus: number;
  /** Physical ones; absent: nobody says. */
  readonly cores?: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly efa: boolean;
  /**
   * How many network cards, from the first on, carry an Elastic Fabric Adapter each; absent: one where there is `efa`. 0: it
   * has them elsewhere, where launch templates have none.
   */
  readonly efaInterfaces?: number;
  /** Whether cluster placement groups take it; absent: nobody says that they do not. */
  readonly clusterGroups?: boolean;
  /** Zones of the region that offer it. */
  readonly zones: readonly string[];
  /** On-demand list price; 0 where the price list does not know the type. */
  readonly microUsdPerHour: number;
}

/** What EC2 offers in a region. Unknown types are simply absent from the answer. */
export interface InstanceCatalogue {
  facts(region: string, instanceTypes: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeFacts>>;
  /** Every type that the region offers: for suggestions. */
  names(region: string): Promise<readonly string[]>;
  /** Latest Spot price per hour of a type in a zone, if known. */
  spotMicroUsdPerHour(region: string, instanceType: string, zone: string): Promise<number | undefined>;
}
