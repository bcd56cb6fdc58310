import type { LeafKey } from '../queue/lane.ts';
import { heldByNode } from './held-by-node.ts';
import type { LimitPlace } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import { layOutShares, leafId } from './share-nodes.ts';
import type { Pause } from '../queue/pause.ts';
import type { ShareUse } from './snapshot.ts';
import { TreeState } from './tree-state.ts';

/** Why nothing of a leaf can start: somebody paused it, or places on its path, from the leaf upwards, have no room for a job of one node. */
export type Closure = { readonly kind: 'paused' } | { readonly kind: 'full'; readonly places: readonly LimitPlace[] };

type Rules = Pick<SchedulingPolicy, 'shares' | 'maxRunningJobs'>;

/** Answers for these leaves why nothing of them can start; `undefined`: something might. */
export function closures(leaves: readonly LeafKey[], uses: readonly ShareUse[], pauses: readonly Pause[], { shares, maxRunningJobs }: Rules): (leaf: LeafKey) => Closure | undefined {
  if (pauses.some(({ scope }) => scope.kind === 'queue')) return () => ({ kind: 'paused' });
  const paused = new Set(pauses.flatMap(({ scope }) => (scope.kind === 'namespace' ? [scope.namespace] : [])));
  const { nodes, leaves: numbers } = layOutShares(shares, maxRunningJobs, [...uses, ...leaves]);
  const parents = nodes.map(({ parent }) => parent);
  const tree = TreeState.of({ parents, limits: nodes.map(({ limits }) => limits) }, heldByNode(uses, numbers, parents));
  return (leaf) => {
    if (paused.has(leaf.namespace)) return { kind: 'paused' };
    const places: LimitPlace[] = [];
    for (let node = numbers.get(leafId(leaf)) ?? 0; node >= 0; node = parents[node] ?? -1) {
      if (tree.isFull(node)) places.push(nodes[node]?.place ?? { kind: 'deployment' });
    }
    return places.length === 0 ? undefined : { kind: 'full', places };
  };
}

/**
 * Which leaves might start something: not paused, and with room for a job of one node on their whole path. Of the
 * others the queue need not be read, since nothing that stands in it can start.
 */
export function mayStart(leaves: readonly LeafKey[], uses: readonly ShareUse[], pauses: readonly Pause[], rules: Rules): (leaf: LeafKey) => boolean {
  const closureOf = closures(leaves, uses, pauses, rules);
  return (leaf) => closureOf(leaf) === undefined;
}
