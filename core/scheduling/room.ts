import type { LeafKey } from '../queue/lane.ts';
import { heldByNode } from './held-by-node.ts';
import type { SchedulingPolicy } from './policy.ts';
import { layOutShares, leafId } from './share-nodes.ts';
import type { Pause } from '../queue/pause.ts';
import type { ShareUse } from './snapshot.ts';
import { TreeState } from './tree-state.ts';

/**
 * Which leaves might start something: not paused, and with room for a job of one node on their whole path. Of the
 * others the queue need not be read, since nothing that stands in it can start.
 */
export function mayStart(
  leaves: readonly LeafKey[],
  uses: readonly ShareUse[],
  pauses: readonly Pause[],
  { shares, maxRunningJobs }: Pick<SchedulingPolicy, 'shares' | 'maxRunningJobs'>,
): (leaf: LeafKey) => boolean {
  if (pauses.some(({ scope }) => scope.kind === 'queue')) return () => false;
  const paused = new Set(pauses.flatMap(({ scope }) => (scope.kind === 'namespace' ? [scope.namespace] : [])));
  const { nodes, leaves: numbers } = layOutShares(shares, maxRunningJobs, [...uses, ...leaves]);
  const parents = nodes.map(({ parent }) => parent);
  const tree = TreeState.of({ parents, limits: nodes.map(({ limits }) => limits) }, heldByNode(uses, numbers, parents));
  return (leaf) => {
    if (paused.has(leaf.namespace)) return false;
    for (let node = numbers.get(leafId(leaf)) ?? 0; node >= 0; node = parents[node] ?? -1) if (tree.isFull(node)) return false;
    return true;
  };
}
