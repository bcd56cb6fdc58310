import { DIMENSIONS, limitedAmounts } from './amounts.ts';
import { leafId } from './share-nodes.ts';
import type { ShareUse } from './snapshot.ts';

/**
 * What is held by node, of each amount in the order of `limitedAmounts`: of inner nodes the sum of their leaves.
 *
 * @param leaves the node of each leaf, by `leafId`
 */
export function heldByNode(uses: readonly ShareUse[], leaves: ReadonlyMap<string, number>, parents: readonly number[]): Float64Array {
  const held = new Float64Array(parents.length * DIMENSIONS);
  for (const use of uses) {
    for (let node = leaves.get(leafId(use)) ?? 0; node >= 0; node = parents[node] ?? -1) {
      for (let i = 0; i < DIMENSIONS; i += 1) {
        const amount = limitedAmounts[i];
        if (amount !== undefined) held[node * DIMENSIONS + i] = (held[node * DIMENSIONS + i] ?? 0) + use[amount];
      }
    }
  }
  return held;
}
