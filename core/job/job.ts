import type { JobState, Outcome } from '../lifecycle/states.ts';
import type { JobEventType } from './event-types.ts';
import type { Digest, EpochMs, InstanceId, JobId, MicroUsd } from './ids.ts';

/** Which manifest version a job runs. */
export interface ManifestRef {
  readonly name: string;
  readonly version: number;
  readonly digest: Digest;
}

/** What limits and counters are counted in. Whole numbers. */
export interface Amounts {
  readonly nodes: number;
  readonly vcpus: number;
  readonly gpus: number;
  /** The most that the gang can cost per hour: the dearest listed type of each pool on demand. */
  readonly microUsdPerHour: MicroUsd;
}

/** As which types, and on which markets, the nodes of a pool may be launched. */
export interface PoolNeed {
  readonly nodes: number;
  /** Of all its nodes together, as the largest listed type. */
  readonly vcpus: number;
  readonly types: readonly string[];
  /** The preferred one first. */
  readonly markets: readonly Market[];
  /** Where any of the types is to be had, as it was at submission; absent: in every zone that the nodes may stand in. */
  readonly zones?: readonly string[];
}

/** What a job asks for. */
export interface Demand extends Amounts {
  readonly pools: readonly PoolNeed[];
  /** Zones that its nodes may stand in; empty for all that the deployment serves. */
  readonly zones: readonly string[];
}

/** An account quota of EC2: vCPUs by family and market, `P/spot` for instance. */
export type QuotaKey = `${string}/${Market}`;

/** What a job holds of the limits, beside the amounts of its demand: from admission, and from each turn, until released. */
export interface Hold {
  readonly sinceMs: EpochMs;
  /** When it is given back at the latest, if all goes its longest way. */
  readonly endsByMs: EpochMs;
  /** vCPUs counted against account quotas: the job may launch nothing of a quota that is not named here, unless none is set. */
  readonly quotas: Readonly<Partial<Record<QuotaKey, number>>>;
}

/** A machine-readable code with a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

interface RetryPolicy {
  readonly maxAttempts: number;
  readonly on: readonly Outcome[];
}

/** What `SchedulerReport.state` is of a job that ended because a node of it was lost. */
export const NODE_FAIL = 'NODE_FAIL';

/** What the scheduler of the cluster (Slurm) said last of the job that a step of the run was. */
export interface SchedulerReport {
  /** Its own number of the job. */
  readonly id: string;
  /** In its words: `COMPLETED`, `NODE_FAIL`. */
  readonly state: string;
  /** The nodes that it gave the job, compressed: `workers-[0-63]`. */
  readonly nodes: string;
  /** Why, where it says more than `None`. */
  readonly reason?: string;
  /** How often it put the job back into its queue. */
  readonly restarts: number;
}

/**
 * One run of one manifest version: small and hot. The manifest, the script, the nodes and the attempts are items of
 * their own. `revision` grows with each change and fences concurrent writers; `eventCount` numbers the history.
 */
export interface Job {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly manifest: ManifestRef;
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly runtime: string;
  /** Release of the runtime that its machines bring along, chosen at submission; absent where nobody knows, or there is none. */
  readonly runtimeVersion?: string;
  /** The cloud that its machines are of; absent: the default one. */
  readonly provider?: string;
  readonly demand: Demand;
  readonly ttlSeconds: number;
  /** Bound on post-run and teardown together. */
  readonly windDownSeconds: number;
  readonly capacityTimeoutSeconds: number;
  readonly retry: RetryPolicy;
  /** Whether a script was given beside the manifest; it is an item of its own. */
  readonly hasScript: boolean;
  /** No onRun step and no script: RUNNING until released or until its TTL. */
  readonly interactive: boolean;
  readonly state: JobState;
  readonly outcome?: Outcome;
  /** Why it ended as it did, or what holds it where it is. */
  readonly reason?: Reason;
  /** The exit code of the job's last step, when it ran to an end. */
  readonly exitCode?: number;
  /** Of the last step of the run that a scheduler ran. */
  readonly scheduler?: SchedulerReport;
  /** Number of the current attempt, from 1. */
  readonly attempt: number;
  readonly submittedAtMs: EpochMs;
  readonly updatedAtMs: EpochMs;
  readonly firstAdmittedAtMs?: EpochMs;
  /** When this attempt came into the queue, where that was after the submission. */
  readonly queuedAtMs?: EpochMs;
  /** Admission of this attempt: the capacity time-out counts from here, parked time included, or from `seekingSinceMs`. */
  readonly admittedAtMs?: EpochMs;
  /** Since when it was held back for capacity alone as it was admitted, where it was. */
  readonly seekingSinceMs?: EpochMs;
  /** Begin of CONFIGURING in this attempt: the TTL counts from here. */
  readonly configuringAtMs?: EpochMs;
  readonly endedAtMs?: EpochMs;
  /** Present while the scheduler counts this job against the limits. */
  readonly hold?: Hold;
  /** Set while the job has a parked entry: from its first parking in an attempt until the attempt has capacity or ends. */
  readonly parked?: true;
  readonly cancelRequestedBy?: string;
  readonly releaseRequestedBy?: string;
  /** What its attempts cost whose machines are gone, added up; absent: none had any. */
  readonly cost?: readonly PoolCost[];
  readonly revision: number;
  readonly eventCount: number;
}

/** One pass through the lifecycle: one execution of the state machine. */
export interface Attempt {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly attempt: number;
  readonly state: JobState;
  readonly outcome?: Outcome;
  readonly reason?: Reason;
  readonly admittedAtMs: EpochMs;
  readonly endedAtMs?: EpochMs;
  /** Set once StartExecution answered; an attempt without it is started again by the next cycle (same name, so once). */
  readonly executionArn?: string;
  readonly user: string;
  /** What the scheduler counts for this attempt while it holds limits. */
  readonly amounts: Amounts;
  /** What it took when it was admitted, or at its latest turn; while it is parked its parked entry says whether it holds it. */
  readonly hold: Hold;
  /** Whether machines may exist: while true the reconciler looks after the attempt. */
  readonly active: boolean;
  /** List-price cost of the attempt, known when its nodes are gone. */
  readonly costMicroUsd?: MicroUsd;
}

export type Market = 'spot' | 'on-demand' | 'reserved';

/** What a machine has to compute with, as its type says. */
export interface NodeHardware {
  readonly vcpus: number;
  /** Cores; each has `vcpus / cores` threads. */
  readonly cores: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** What the machines of a pool cost on one market, at list price: of one attempt or of several, those that were replaced included. */
export interface PoolCost {
  readonly pool: string;
  readonly market: Market;
  /** Machines. */
  readonly nodes: number;
  /** Of all of them together, as they are billed. */
  readonly seconds: number;
  readonly microUsd: MicroUsd;
  /** What the same seconds would have cost more on demand. */
  readonly savedMicroUsd: MicroUsd;
}

/** A machine of an attempt. `rank` 0 is the head node; the others count through the pools in manifest order. */
export interface Node {
  readonly name: string;
  readonly rank: number;
  readonly pool: string;
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly zone: string;
  readonly market: Market;
  readonly address: string;
  /** Absent where nobody knew its type. */
  readonly hardware?: NodeHardware;
  readonly launchedAtMs: EpochMs;
  /** List price of this node at launch. */
  readonly microUsdPerHour: MicroUsd;
  /** Of a Spot node: list price of its type on demand at launch, where that is known. */
  readonly onDemandMicroUsdPerHour?: MicroUsd;
  /** Set when the node was taken out (replaced, interrupted or torn down). */
  readonly goneAtMs?: EpochMs;
}

/** One line of a job's history. Numbered from 1 without gaps; never changed. */
export interface JobEvent {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly number: number;
  readonly atMs: EpochMs;
  readonly attempt: number;
  readonly type: JobEventType;
  readonly message: string;
  /** Who has the job's machines; absent: the default provider. Who counts events tells rehearsals by it. */
  readonly provider?: string;
  /** For `StateChanged`. */
  readonly from?: JobState;
  readonly to?: JobState;
  readonly data?: Readonly<Record<string, unknown>>;
}
