/** A pool and how many nodes it has, in the order of the nodes' ranks. */
type PoolSize = readonly [pool: string, nodes: number];

/** The pools of nodes that are in order of their ranks, as the history tells of them. */
export function poolSizes(nodes: readonly { readonly pool: string }[]): readonly PoolSize[] {
  const sizes = new Map<string, number>();
  for (const { pool } of nodes) sizes.set(pool, (sizes.get(pool) ?? 0) + 1);
  return [...sizes];
}

/**
 * Names nodes by their ranks, which count through the pools.
 *
 * @param told `poolSizes` of an entry of the history; those of earlier releases have none, and nodes are then called by their ranks
 */
export function nodeNames(told: unknown): (rank: number) => string {
  const pools = Array.isArray(told) ? told.filter(isPoolSize) : [];
  return (rank) => {
    let before = 0;
    for (const [pool, nodes] of pools) {
      if (rank < before + nodes) return `${pool}-${rank - before}`;
      before += nodes;
    }
    return `rank ${rank}`;
  };
}

function isPoolSize(value: unknown): value is PoolSize {
  if (!Array.isArray(value)) return false;
  const [pool, nodes]: readonly unknown[] = value;
  return typeof pool === 'string' && Number.isSafeInteger(nodes) && Number(nodes) > 0;
}
