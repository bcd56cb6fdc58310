import type { EpochMs } from '../job/ids.ts';
import type { QuotaKey } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import type { LeafKey } from '../queue/lane.ts';
import { vectorOf } from './amounts.ts';
import type { ContestTree } from './contest.ts';
import { heldByNode } from './held-by-node.ts';
import { floorsOf, type Wanting } from './floors.ts';
import { LeafQueue, type CompareEntries } from './leaf-queue.ts';
import { Limits } from './limits.ts';
import type { SchedulingPolicy } from './policy.ts';
import { entriesOf, QuotaState } from './quota-state.ts';
import { layOutShares, leafId, type ShareNode } from './share-nodes.ts';
import type { LaneWindow, SchedulingSnapshot, ShareUse, UsageBase } from './snapshot.ts';
import { TreeState } from './tree-state.ts';
import { usageAt } from './usage.ts';

export interface LayoutSettings {
  readonly compare: CompareEntries;
  /** Whether a job could be tried now if there were room. */
  readonly isEligible: (entry: QueueEntry) => boolean;
  /** Whether a parked job is to have a turn if there were room. */
  readonly wantsTurn: (entry: ParkedEntry) => boolean;
  readonly nowMs: EpochMs;
  /** Until when what is held counts as used. */
  readonly aheadMs: EpochMs;
  readonly base: UsageBase;
}

/** A snapshot laid out on the share tree. */
export interface CycleLayout extends ContestTree {
  readonly nodes: readonly ShareNode[];
  readonly leaves: ReadonlyMap<string, number>;
  readonly limits: Limits;
  readonly queues: ReadonlyMap<number, LeafQueue>;
  /** Adds to the usage of a leaf and all above it. */
  use(leaf: number, amount: number): void;
}

/** Who has jobs in a cycle, or holds or used something. */
interface LeafJobs {
  readonly key: LeafKey;
  share?: ShareUse;
  readonly windows: LaneWindow[];
  readonly parked: ParkedEntry[];
}

/** Lays a snapshot out. Leaves are numbered by their names, so that sums are the same whatever the order of the input. */
export function layOutCycle(snapshot: SchedulingSnapshot, policy: SchedulingPolicy, settings: LayoutSettings): CycleLayout {
  const jobs = jobsByLeaf(snapshot, settings.wantsTurn);
  const { nodes, leaves } = layOutShares(policy.shares, policy.maxRunningJobs, [...jobs.values()].map(({ key }) => key));
  const parents = nodes.map(({ parent }) => parent);
  const held = heldByNode(snapshot.uses, leaves, parents);
  const { usage, quotas } = sums(jobs, leaves, parents, settings);
  const queues = queuesOf(jobs, leaves, policy, settings.compare);
  const bare = { parents, limits: nodes.map((node) => node.limits) };
  const withoutFloors = new Limits(TreeState.of(bare, held), new QuotaState(policy.shares.quotas, quotas));
  const canStart = (entry: QueueEntry, leaf: number): boolean =>
    settings.isEligible(entry) && !withoutFloors.isHopeless({ leaf, vector: vectorOf(entry.demand), pools: entry.demand.pools });
  const floors = floorsOf(nodes, held, hasGuarantees(nodes) ? startable(jobs, leaves, policy, settings.compare, canStart) : new Map());
  const limits = floors === undefined ? withoutFloors : new Limits(TreeState.of({ ...bare, floors }, held), withoutFloors.quotas);
  const use = (leaf: number, amount: number): void => addToPath(usage, parents, leaf, amount);
  return { nodes, parents, weights: nodes.map(({ weight }) => weight), leaves, usage, queues, limits, use };
}

/** What is used by node, and held of each quota. */
function sums(jobs: ReadonlyMap<string, LeafJobs>, leaves: ReadonlyMap<string, number>, parents: readonly number[], { aheadMs, base }: LayoutSettings) {
  const usage = new Float64Array(parents.length);
  const quotas = new Map<QuotaKey, number>();
  for (const [id, { share }] of jobs) {
    const leaf = leaves.get(id);
    if (share === undefined || leaf === undefined) continue;
    addToPath(usage, parents, leaf, usageAt(share, aheadMs, base));
    for (const [key, vcpus] of entriesOf(share.quotas)) quotas.set(key, (quotas.get(key) ?? 0) + vcpus);
  }
  return { usage, quotas };
}

function addToPath(amounts: Float64Array, parents: readonly number[], leaf: number, amount: number): void {
  for (let node = leaf; node >= 0; node = parents[node] ?? -1) amounts[node] = (amounts[node] ?? 0) + amount;
}

const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const hasGuarantees = (nodes: readonly ShareNode[]): boolean => nodes.some(({ guarantee }) => guarantee !== undefined);

/** By leaf, in the order of their names. */
function jobsByLeaf({ uses, lanes, parked }: SchedulingSnapshot, wantsTurn: LayoutSettings['wantsTurn']): ReadonlyMap<string, LeafJobs> {
  const jobs = new Map<string, LeafJobs>();
  const of = (key: LeafKey): LeafJobs => {
    const id = leafId(key);
    const known = jobs.get(id);
    if (known !== undefined) return known;
    const { namespace, user } = key;
    const made: LeafJobs = { key: { namespace, user }, windows: [], parked: [] };
    jobs.set(id, made);
    return made;
  };
  for (const use of uses) of(use).share = use;
  for (const window of lanes) if (window.entries.length > 0) of(window).windows.push(window);
  for (const entry of parked) if (wantsTurn(entry)) of(entry).parked.push(entry);
  return new Map([...jobs].toSorted(([a], [b]) => compareKeys(a, b)));
}

function queuesOf(jobs: ReadonlyMap<string, LeafJobs>, leaves: ReadonlyMap<string, number>, { lookahead }: SchedulingPolicy, compare: CompareEntries): ReadonlyMap<number, LeafQueue> {
  const waiting = [...jobs].filter(([, { windows, parked }]) => windows.length > 0 || parked.length > 0);
  const bounds = { perLane: lookahead.perLane, perRound: Math.max(2, Math.floor(lookahead.inAll / Math.max(waiting.length, 1))) };
  return new Map(waiting.map(([id, { windows, parked }]) => [leaves.get(id) ?? 0, new LeafQueue(windows, parked, compare, bounds)]));
}

/** Of each leaf the first of each lane, and the parked jobs, that could start if there were room. */
function startable(
  jobs: ReadonlyMap<string, LeafJobs>,
  leaves: ReadonlyMap<string, number>,
  { lookahead }: SchedulingPolicy,
  compare: CompareEntries,
  canStart: (entry: QueueEntry, leaf: number) => boolean,
): ReadonlyMap<number, Wanting> {
  const found = new Map<number, Wanting>();
  for (const [id, { windows, parked }] of jobs) {
    const leaf = leaves.get(id) ?? 0;
    const seen: QueueEntry[] = [...parked, ...windows.flatMap((window) => window.entries.slice(0, lookahead.perLane))];
    const entries = seen.filter((entry) => canStart(entry, leaf)).toSorted(compare);
    const isCut = windows.some((window) => !window.complete || window.entries.length > lookahead.perLane);
    found.set(leaf, { entries, goesOn: isCut && entries.length === seen.length });
  }
  return found;
}
