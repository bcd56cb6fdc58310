import type { EpochMs } from '../job/ids.ts';
import type { LeafKey } from '../queue/lane.ts';
import type { ShareAmounts } from '../shares/share-tree.ts';
import { limitedAmounts, type Vector } from './amounts.ts';
import type { LimitedAmount, LimitPlace, Waiting } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import { layOutShares, leafId, type ShareNode } from './share-nodes.ts';
import type { LaneCount, ShareUse } from './snapshot.ts';
import { usageAt, usageBase } from './usage.ts';

/** How a node of the share tree stands among its siblings. */
export interface ShareStanding {
  readonly place: LimitPlace;
  /** Steps below the root, whose depth is 0. */
  readonly depth: number;
  readonly weight: number;
  /** Jobs that wait in its queues; may be a little too many. */
  readonly pending: number;
  readonly held: Readonly<Record<LimitedAmount, number>>;
  readonly limits: ShareAmounts;
  readonly guarantee: ShareAmounts;
  /** Its part of what its parent's members used, decayed: 0 to 1. */
  readonly usedPart: number;
  /** Its part by weight among its siblings that have jobs, itself included: 0 to 1. */
  readonly entitledPart: number;
}

/** What is known of who has jobs. */
export interface ShareFacts {
  readonly uses: readonly ShareUse[];
  readonly lanes: readonly LaneCount[];
}

/**
 * All nodes of the tree in its order, each followed by its children: those that are configured, and every namespace
 * and user that has jobs or used something. `also` is shown whether or not it has.
 */
export function shareStandings(facts: ShareFacts, policy: SchedulingPolicy, nowMs: EpochMs, also: readonly LeafKey[] = []): readonly ShareStanding[] {
  const { nodes, leaves } = layOutShares(policy.shares, policy.maxRunningJobs, leavesOf(facts, also));
  const sums = sumUp(nodes, leaves, facts, policy, nowMs);
  const weightOfActive = new Map<number, number>();
  const isActive = (node: number): boolean => (sums.pending[node] ?? 0) > 0 || (sums.held[node]?.runningJobs ?? 0) > 0;
  for (const [node, { parent, weight }] of nodes.entries()) if (isActive(node)) weightOfActive.set(parent, (weightOfActive.get(parent) ?? 0) + weight);
  return inTreeOrder(nodes).map(({ node, depth }) => {
    const { place, parent, weight, limits, guarantee } = nodes[node] ?? root;
    const siblings = (weightOfActive.get(parent) ?? 0) + (isActive(node) ? 0 : weight);
    return {
      place, depth, weight,
      pending: sums.pending[node] ?? 0,
      held: sums.held[node] ?? nothing(),
      limits: named(limits, Number.POSITIVE_INFINITY),
      guarantee: guarantee === undefined ? {} : named(guarantee.amounts, 0),
      usedPart: part(sums.usage[node] ?? 0, parent < 0 ? (sums.usage[node] ?? 0) : (sums.usage[parent] ?? 0)),
      entitledPart: part(weight, siblings),
    };
  });
}

/** The nodes at which jobs of the leaf count, from the root down; empty where the leaf is not among them. */
export function pathOf(standings: readonly ShareStanding[], { namespace, user }: LeafKey): readonly ShareStanding[] {
  const at = standings.findIndex(({ place }) => place.kind === 'user' && place.namespace === namespace && place.name === user);
  const path: ShareStanding[] = [];
  let depth = Number.POSITIVE_INFINITY;
  for (const standing of standings.slice(0, at + 1).toReversed()) {
    if (standing.depth >= depth) continue;
    path.unshift(standing);
    ({ depth } = standing);
  }
  return path;
}

/** Of each standing, by its place in the list, the first of these jobs that counts there. */
export function firstAtEach(standings: readonly ShareStanding[], waiting: readonly Waiting[]): ReadonlyMap<number, Waiting> {
  const paths = new Map<string, readonly number[]>();
  const path: number[] = [];
  for (const [i, { place, depth }] of standings.entries()) {
    path.splice(depth, path.length, i);
    if (place.kind === 'user') paths.set(leafId({ namespace: place.namespace, user: place.name }), [...path]);
  }
  const first = new Map<number, Waiting>();
  for (const job of waiting) {
    for (const i of paths.get(leafId(job)) ?? []) if (!first.has(i)) first.set(i, job);
  }
  return first;
}

const root: ShareNode = { place: { kind: 'deployment' }, parent: -1, weight: 1, limits: [] };
const nothing = (): Record<LimitedAmount, number> => ({ runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: 0 });
const part = (of: number, whole: number): number => (whole > 0 ? Math.min(1, of / whole) : 0);

function named(vector: Vector, absent: number): ShareAmounts {
  return Object.fromEntries(limitedAmounts.flatMap((name, i) => (vector[i] === undefined || vector[i] === absent ? [] : [[name, vector[i]]])));
}

function leavesOf({ uses, lanes }: ShareFacts, also: readonly LeafKey[]): readonly LeafKey[] {
  const leaves = new Map<string, LeafKey>();
  for (const leaf of [...uses, ...lanes, ...also]) leaves.set(leafId(leaf), leaf);
  return [...leaves].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, leaf]) => leaf);
}

interface Sums {
  readonly pending: readonly number[];
  readonly held: readonly Record<LimitedAmount, number>[];
  readonly usage: readonly number[];
}

function sumUp(nodes: readonly ShareNode[], leaves: ReadonlyMap<string, number>, { uses, lanes }: ShareFacts, policy: SchedulingPolicy, nowMs: EpochMs): Sums {
  const base = usageBase(nowMs, policy.shares.halfLifeSeconds * 1000);
  const pending = nodes.map(() => 0);
  const held = nodes.map(nothing);
  const usage = nodes.map(() => 0);
  const climb = (leaf: LeafKey, visit: (node: number) => void): void => {
    for (let node = leaves.get(leafId(leaf)) ?? 0; node >= 0; node = nodes[node]?.parent ?? -1) visit(node);
  };
  for (const lane of lanes) climb(lane, (node) => { pending[node] = (pending[node] ?? 0) + lane.pending; });
  for (const use of uses) {
    const used = usageAt(use, nowMs, base);
    climb(use, (node) => {
      usage[node] = (usage[node] ?? 0) + used;
      const sum = held[node];
      if (sum !== undefined) for (const name of limitedAmounts) sum[name] += use[name];
    });
  }
  return { pending, held, usage };
}

/** Parents before their children, and children right behind them. */
function inTreeOrder(nodes: readonly ShareNode[]): readonly { readonly node: number; readonly depth: number }[] {
  const children = Map.groupBy(nodes.keys(), (node) => nodes[node]?.parent ?? -1);
  const visit = (node: number, depth: number): { readonly node: number; readonly depth: number }[] =>
    [{ node, depth }, ...(children.get(node) ?? []).flatMap((child) => visit(child, depth + 1))];
  return visit(0, 0);
}
