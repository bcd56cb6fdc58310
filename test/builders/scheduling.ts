import { epochMs, jobId, microUsd } from '../../core/job/ids.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { Amounts, Demand, Market, PoolNeed, QuotaKey } from '../../core/job/job.ts';
import type { ParkedEntry, QueueEntry } from '../../core/lifecycle/change.ts';
import { laneOf, shapeOf } from '../../core/queue/lane.ts';
import type { LaneKey } from '../../core/queue/lane.ts';
import { byRank } from '../../core/queue/order.ts';
import type { CyclePlan } from '../../core/scheduling/plan.ts';
import { planCycle } from '../../core/scheduling/plan-cycle.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import { entriesOf } from '../../core/scheduling/quota-state.ts';
import type { Holder, LaneWindow, SchedulingSnapshot, ShareUse } from '../../core/scheduling/snapshot.ts';
import { usageBase } from '../../core/scheduling/usage.ts';
import { defaultShareTree } from '../../core/shares/share-tree.ts';
import type { NamespaceShare, Share, ShareTree } from '../../core/shares/share-tree.ts';

/** The moment of the cycles under test. */
export const NOW = epochMs(1_800_000_000_000);

/** So many milliseconds. */
export const hours = (count: number): number => count * 3_600_000;

/** What a test says of a job; the rest is sensible, and lane and shape follow. */
export interface JobSketch {
  readonly namespace?: string;
  readonly user?: string;
  readonly priority?: number;
  readonly submittedAtMs?: EpochMs;
  readonly nodes?: number;
  /** Of all its nodes together. */
  readonly vcpus?: number;
  readonly gpus?: number;
  readonly microUsdPerHour?: number;
  readonly types?: readonly string[];
  readonly markets?: readonly Market[];
  readonly zones?: readonly string[];
  /** In place of the one pool that the fields above describe. */
  readonly pools?: readonly PoolNeed[];
  /** `undefined`: nobody knows. */
  readonly holdSeconds?: number | undefined;
}

/** A demand of one pool: a node of four vCPUs, on demand, unless the sketch says otherwise. */
export function aDemand({ nodes = 1, vcpus = nodes * 4, gpus = 0, microUsdPerHour = nodes * 200_000, types = ['m6i.xlarge'], markets = ['on-demand'], zones = [], pools }: JobSketch = {}): Demand {
  return { nodes, vcpus, gpus, microUsdPerHour: microUsd(microUsdPerHour), zones, pools: pools ?? [{ nodes, vcpus, types, markets }] };
}

/** A job in the queue: user `ada` of `lattice`, priority 500, submitted a minute ago, an hour long, if not said otherwise. */
export function aWaitingJob(id: string, sketch: JobSketch = {}): QueueEntry {
  const { namespace = 'lattice', user = 'ada', priority = 500, submittedAtMs = epochMs(NOW - 60_000) } = sketch;
  const demand = aDemand(sketch);
  const holdSeconds = 'holdSeconds' in sketch ? sketch.holdSeconds : 3600;
  const entry = { jobId: jobId(id), namespace, user, lane: laneOf(demand), shape: shapeOf(demand, holdSeconds), priority, submittedAtMs, demand };
  return holdSeconds === undefined ? entry : { ...entry, holdSeconds };
}

/** A job that found no capacity and is due now. */
export function aParkedJob(id: string, sketch: JobSketch = {}, fields: Partial<Pick<ParkedEntry, 'untilMs' | 'hold'>> = {}): ParkedEntry {
  return { ...aWaitingJob(id, sketch), attempt: 1, token: `token of ${id}`, sinceMs: epochMs(NOW - 30_000), untilMs: NOW, ...fields };
}

/** A job that holds limits since an hour and gives them back in an hour. */
export function aHolder(id: string, sketch: JobSketch & { readonly endsByMs?: EpochMs | undefined } = {}): Holder {
  const { namespace, user, demand } = aWaitingJob(id, sketch);
  const endsByMs = 'endsByMs' in sketch ? sketch.endsByMs : epochMs(NOW + hours(1));
  return { jobId: jobId(id), namespace, user, amounts: amountsOf(demand), hold: { quotas: {}, ...(endsByMs === undefined ? {} : { endsByMs }) } };
}

export function amountsOf({ nodes, vcpus, gpus, microUsdPerHour }: Amounts): Amounts {
  return { nodes, vcpus, gpus, microUsdPerHour };
}

/** What a leaf holds: nothing, if not said otherwise, and never anything before. */
export function aUse(fields: Partial<ShareUse> = {}, tree: ShareTree = defaultShareTree): ShareUse {
  return {
    namespace: 'lattice', user: 'ada', runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: microUsd(0), quotas: {}, usage: 0,
    ...usageBase(NOW, tree.halfLifeSeconds * 1000), ...fields,
  };
}

/** The usage of a leaf that spent so much a moment ago. */
export function spent(usd: number, { halfLifeSeconds }: Pick<ShareTree, 'halfLifeSeconds'> = defaultShareTree): number {
  const { landmarkMs, halfLifeMs } = usageBase(NOW, halfLifeSeconds * 1000);
  return usd * 1_000_000 * 2 ** ((NOW - landmarkMs) / halfLifeMs);
}

/** What the leaves hold together through these jobs. */
export function usesOf(holders: readonly Holder[], tree: ShareTree = defaultShareTree): ShareUse[] {
  const leaves = Map.groupBy(holders, ({ namespace, user }) => `${namespace}/${user}`);
  return [...leaves.values()].map((jobs) => jobs.reduce((use, job) => plus(use, job), aUse({ namespace: jobs[0]?.namespace ?? '', user: jobs[0]?.user ?? '' }, tree)));
}

function plus(use: ShareUse, { amounts, hold }: Holder): ShareUse {
  const quotas: Partial<Record<QuotaKey, number>> = { ...use.quotas };
  for (const [key, vcpus] of entriesOf(hold.quotas)) quotas[key] = (quotas[key] ?? 0) + vcpus;
  return {
    ...use,
    runningJobs: use.runningJobs + 1,
    nodes: use.nodes + amounts.nodes,
    vcpus: use.vcpus + amounts.vcpus,
    gpus: use.gpus + amounts.gpus,
    microUsdPerHour: microUsd(use.microUsdPerHour + amounts.microUsdPerHour),
    quotas,
  };
}

type Compare = (a: QueueEntry, b: QueueEntry) => number;

const bySubmission: Compare = (a, b) => a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : 1);

/** How a lane is sorted under each order. The store knows the first alone. */
const orders: Readonly<Record<SchedulingPolicy['order'], Compare>> = {
  'fair-share': byRank,
  priority: (a, b) => b.priority - a.priority || bySubmission(a, b),
  submission: bySubmission,
};

/** Lanes as the store gives them when it is asked for `most` jobs of each. */
export function windowsOf(waiting: readonly QueueEntry[], most = Number.POSITIVE_INFINITY, order: SchedulingPolicy['order'] = 'fair-share'): LaneWindow[] {
  return [...Map.groupBy(waiting, laneId).values()].map((lane) => windowOf(lane.toSorted(orders[order]), most));
}

/** In which lane a job waits. */
export const laneId = ({ namespace, user, lane }: LaneKey): string => `${namespace}/${user}/${lane}`;

function windowOf(lane: readonly QueueEntry[], most: number): LaneWindow {
  const [first] = lane;
  const { namespace, user, lane: name } = first ?? { namespace: '', user: '', lane: '0' };
  return { namespace, user, lane: name, entries: lane.slice(0, most), complete: lane.length <= most };
}

/** What a test says of a moment. */
export interface SnapshotSketch extends Partial<Omit<SchedulingSnapshot, 'lanes' | 'uses' | 'holders'>> {
  readonly waiting?: readonly QueueEntry[];
  /** In place of what the holders hold. */
  readonly uses?: readonly ShareUse[];
  /** `undefined`: not read. */
  readonly holders?: readonly Holder[] | undefined;
  /** How many jobs of a lane were read. */
  readonly window?: number;
}

export function aSnapshot({ waiting = [], window, holders, uses, ...rest }: SnapshotSketch = {}, order: SchedulingPolicy['order'] = 'fair-share'): SchedulingSnapshot {
  return {
    uses: uses ?? usesOf(holders ?? []), lanes: windowsOf(waiting, window, order), parked: [], pauses: [], cooldowns: [], launching: 0,
    ...rest,
    ...(holders === undefined ? {} : { holders }),
  };
}

/** A tree without limits, if not said otherwise. */
export function aShareTree(fields: Partial<ShareTree> = {}): ShareTree {
  return { ...defaultShareTree, maxLaunchesInFlight: 1000, ...fields };
}

export function aGroup(name: string, fields: Partial<Share> = {}): Share {
  return { name, weight: 1, limits: {}, guarantee: {}, lend: true, ...fields };
}

export function aNamespace(name: string, fields: Partial<NamespaceShare> = {}): NamespaceShare {
  return { ...aGroup(name), pendingJobs: 10_000, maxPriority: 1000, users: {}, defaultUser: { weight: 1, limits: {} }, ...fields };
}

/** The rules of a deployment, over a tree without limits, if not said otherwise. */
export function aPolicy({ shares, ...fields }: Partial<Omit<SchedulingPolicy, 'shares'>> & { readonly shares?: Partial<ShareTree> } = {}): SchedulingPolicy {
  return {
    order: 'fair-share', backfill: true, shares: aShareTree(shares), maxRunningJobs: 1000, chargeAheadMs: hours(1),
    market: { region: 'us-east-1', subnets: { 'us-east-1a': 'subnet-a', 'us-east-1b': 'subnet-b' } },
    maxStarts: 1000, lookahead: { perLane: 100, inAll: 1000 },
    ...fields,
  };
}

/** The plan of a cycle at `NOW`. */
export function planOf(sketch: SnapshotSketch, policy: SchedulingPolicy = aPolicy()): CyclePlan {
  return planCycle(aSnapshot(sketch, policy.order), policy, NOW);
}

/** Ids of the jobs that start, in the order in which they were chosen. */
export const startsOf = ({ admissions }: Pick<CyclePlan, 'admissions'>): string[] => admissions.map(({ entry }) => entry.jobId);

/** What holds a job back. */
export function obstacleOf(plan: CyclePlan, id: string): CyclePlan['waiting'][number]['obstacle'] | undefined {
  return plan.waiting.find((waiting) => waiting.jobId === jobId(id))?.obstacle;
}
