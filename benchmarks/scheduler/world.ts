import { epochMs, jobId, microUsd } from '../../core/job/ids.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { Demand } from '../../core/job/job.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { laneOf, shapeOf, type LeafKey } from '../../core/queue/lane.ts';
import { byRank } from '../../core/queue/order.ts';
import { lookaheadFor } from '../../core/scheduling/lookahead.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import type { LaneWindow, ShareUse } from '../../core/scheduling/snapshot.ts';
import { chargeForStart, usageBase } from '../../core/scheduling/usage.ts';
import { defaultShareTree, type NamespaceShare, type Share, type ShareAmounts, type ShareTree } from '../../core/shares/share-tree.ts';
import { SLOTS, type Scenario } from './scenario.ts';

/** What a scheduler is given. */
export interface World {
  readonly nowMs: EpochMs;
  readonly policy: SchedulingPolicy;
  readonly uses: readonly ShareUse[];
  /** Whole, in the order of `byRank`. */
  readonly lanes: readonly LaneWindow[];
}

type Size = Pick<Scenario, 'cycle' | 'shapes' | 'waiting' | 'leaves' | 'room'>;

const NOW = epochMs(1_800_000_000_000);
const HOUR_MS = 3_600_000;
const MICRO_USD_PER_NODE = 192_000;
/** Nodes that a job asks for at the most; in an idle cycle with too little room each asks for as many more. */
const MOST_NODES = 4;

/** The first of a cycle, in the order in which they are made: groups of namespaces of users. */
interface Place extends LeafKey {
  readonly group: string;
}

/** Lists of types that jobs may be launched as: each makes a lane. */
const typeLists = ['m6i', 'm7i', 'c6i', 'c7i', 'r6i', 'r7i', 'm6a', 'c6a'].map((family) => [`${family}.xlarge`, `${family}.2xlarge`]);

export function buildWorld(size: Size): World {
  const places = placesOf(size.leaves);
  const waiting = Array.from({ length: size.waiting }, (_, i) => jobOf(i, places[i % places.length] ?? places[0], size));
  const lanes = Map.groupBy(waiting, ({ namespace, user, lane }) => `${namespace}/${user}/${lane}`);
  return {
    nowMs: NOW,
    policy: policyOf(places, lanes.size, size),
    uses: size.cycle === 'idle' ? places.map((place) => useOf(place, places.length)) : [],
    lanes: [...lanes.values()].map(laneWindow),
  };
}

function laneWindow(entries: readonly QueueEntry[]): LaneWindow {
  const { namespace = '', user = '', lane = '' } = entries[0] ?? {};
  return { namespace, user, lane, entries: entries.toSorted(byRank), complete: true };
}

function placesOf(leaves: number): Place[] {
  const [groups, namespaces] = leaves < 1000 ? [5, 4] : [10, 10];
  return Array.from({ length: leaves }, (_, i) => {
    const group = i % groups;
    const namespace = Math.floor(i / groups) % namespaces;
    return { group: `group${group}`, namespace: `team${group}-${namespace}`, user: `user${Math.floor(i / groups / namespaces)}` };
  });
}

/** The same number for the same seed, evenly from 0 to `below`. */
const scattered = (seed: number, below: number): number => (Math.imul(seed + 1, 0x9e3779b1) >>> 8) % below;

function jobOf(i: number, place: Place | undefined, size: Size): QueueEntry {
  const { namespace = '', user = '' } = place ?? {};
  const holdSeconds = size.shapes === 'equal' ? 3600 : 3600 + i;
  const demand = demandOf(i, size);
  return {
    jobId: jobId(`01${i.toString(32).padStart(24, '0')}`),
    namespace,
    user,
    lane: laneOf(demand),
    shape: shapeOf(demand, holdSeconds),
    priority: 400 + scattered(i, 3) * 100,
    submittedAtMs: epochMs(NOW - HOUR_MS + Math.floor((i * HOUR_MS) / size.waiting)),
    demand,
    holdSeconds,
  };
}

function demandOf(i: number, { shapes, room }: Size): Demand {
  const least = room === 'tooLittle' ? MOST_NODES : 0;
  const nodes = least + (shapes === 'equal' ? 1 : 1 + scattered(i, MOST_NODES));
  const types = shapes === 'equal' ? ['m6i.xlarge'] : (typeLists[scattered(i, typeLists.length)] ?? []);
  const vcpus = nodes * 4;
  return { nodes, vcpus, gpus: 0, microUsdPerHour: microUsd(nodes * MICRO_USD_PER_NODE), zones: [], pools: [{ nodes, vcpus, types, markets: ['spot', 'on-demand'] }] };
}

/** What a user holds of a full deployment: its even part, jobs of one node. */
function useOf({ namespace, user }: Place, leaves: number): ShareUse {
  const runningJobs = SLOTS / leaves;
  const microUsdPerHour = microUsd(runningJobs * MICRO_USD_PER_NODE);
  const base = usageBase(NOW, defaultShareTree.halfLifeSeconds * 1000);
  const usage = chargeForStart(microUsdPerHour, epochMs(NOW - HOUR_MS), base);
  const quotas = { 'Standard/spot': runningJobs * 2, 'Standard/on-demand': runningJobs * 2 };
  return { namespace, user, runningJobs, nodes: runningJobs, vcpus: runningJobs * 4, gpus: 0, microUsdPerHour, quotas, usage, ...base };
}

function policyOf(places: readonly Place[], lanes: number, { cycle, room }: Size): SchedulingPolicy {
  const slots = room === 'tooLittle' ? 2 * SLOTS : SLOTS;
  const nodes = cycle === 'fill' ? SLOTS * MOST_NODES : SLOTS + MOST_NODES - 1;
  return {
    order: 'fair-share',
    backfill: true,
    shares: treeOf(places, slots, nodes),
    maxRunningJobs: slots,
    chargeAheadMs: HOUR_MS,
    market: { region: 'us-east-1', subnets: { 'us-east-1a': 'subnet-a', 'us-east-1b': 'subnet-b', 'us-east-1c': 'subnet-c' } },
    maxStarts: SLOTS,
    lookahead: lookaheadFor(lanes),
  };
}

/** Weights differ at every level, and every level has limits: together more than there is, so that the tree decides. */
function treeOf(places: readonly Place[], slots: number, nodes: number): ShareTree {
  const limitsOf = (part: number): ShareAmounts => ({
    runningJobs: Math.ceil(slots * part), nodes: Math.ceil(nodes * part), vcpus: Math.ceil(nodes * 4 * part), microUsdPerHour: Math.ceil(nodes * MICRO_USD_PER_NODE * part),
  });
  const groups = [...new Set(places.map(({ group }) => group))];
  const namespaces = Map.groupBy(places, ({ namespace }) => namespace);
  const share = (name: string, i: number, part: number): Share => ({ name, weight: 1 + (i % 3), limits: limitsOf(part), guarantee: {}, lend: true });
  const namespaceShare = ([name, users]: [string, readonly Place[]], i: number): NamespaceShare => ({
    ...share(name, i, Math.min(1, 4 / namespaces.size)),
    ...(users[0] === undefined ? {} : { parent: users[0].group }),
    pendingJobs: 1_000_000,
    maxPriority: 1000,
    users: Object.fromEntries(users.map(({ user }, j) => [user, { weight: 1 + (j % 3), limits: limitsOf(Math.min(1, 8 / places.length)) }])),
    defaultUser: { weight: 1, limits: {} },
  });
  return {
    ...defaultShareTree,
    limits: limitsOf(1),
    quotas: { 'Standard/spot': nodes * 4, 'Standard/on-demand': nodes * 4 },
    maxLaunchesInFlight: 2 * SLOTS,
    groups: groups.map((name, i) => share(name, i, Math.min(1, 3 / groups.length))),
    namespaces: [...namespaces].map(namespaceShare),
  };
}
