import { limitedAmounts } from './amounts.ts';
import type { CycleLayout } from './cycle-layout.ts';
import type { Ask, Refusal } from './limits.ts';
import type { Obstacle } from './plan.ts';
import type { TreeObstacle } from './tree-state.ts';

type Named = Pick<CycleLayout, 'nodes' | 'limits'>;

/** What limits say against a job, with names and figures. */
export function namedObstacle(layout: Named, ask: Ask, verdict: Refusal): Obstacle {
  const { tree, quotas } = layout.limits;
  const excess = tree.excess(ask.leaf, ask.vector);
  if (excess !== undefined) return { kind: 'tooLarge', ...factsOf(layout, ask, excess) };
  if (verdict.kind === 'quota') return { kind: 'quota', ...quotas.shortage(ask.pools) };
  const { node, amount, kind } = verdict.obstacle;
  const facts = { ...factsOf(layout, ask, verdict.obstacle), used: tree.held(node, amount) };
  return kind === 'limit' ? { kind, ...facts } : { kind, ...facts, kept: tree.kept(node, amount) };
}

function factsOf({ nodes, limits: { tree } }: Named, ask: Ask, { node, amount }: TreeObstacle) {
  return {
    place: nodes[node]?.place ?? ({ kind: 'deployment' } as const),
    amount: limitedAmounts[amount] ?? 'nodes',
    limit: tree.limit(node, amount),
    asked: ask.vector[amount] ?? 0,
  };
}
