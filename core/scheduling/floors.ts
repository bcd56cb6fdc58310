import type { QueueEntry } from '../lifecycle/change.ts';
import { DIMENSIONS, vectorOf, type Vector } from './amounts.ts';
import type { ShareNode } from './share-nodes.ts';
import type { Floors } from './tree-state.ts';

const nothing: Vector = Array.from({ length: DIMENSIONS }, () => 0);

/** Jobs of a leaf that could start if there were room. */
export interface Wanting {
  readonly entries: readonly QueueEntry[];
  /** Whether more of the same kind stand behind them, as far as can be told. */
  readonly goesOn: boolean;
}

/**
 * What is kept for each node against its siblings; `undefined` where nothing is guaranteed to any. A guarantee that is
 * not lent is kept always. One that is lent is kept as far as its owner holds it and as waiting jobs fit into the rest:
 * what is lent comes back by not being lent again. Where more jobs wait than were read, all of it is wanted.
 *
 * @param waiting by leaf
 */
export function floorsOf(nodes: readonly ShareNode[], held: Float64Array, waiting: ReadonlyMap<number, Wanting>): Floors | undefined {
  if (!nodes.some(({ guarantee }) => guarantee !== undefined)) return undefined;
  const wanted = wantedWithin(nodes, held, waiting);
  const unlent = nodes.map(({ guarantee }) => (guarantee === undefined || guarantee.lend ? nothing : guarantee.amounts));
  const now = nodes.map(({ guarantee }, node) => {
    if (guarantee === undefined || !guarantee.lend) return unlent[node] ?? nothing;
    return guarantee.amounts.map((guaranteed, i) => Math.min(guaranteed, (held[node * DIMENSIONS + i] ?? 0) + (wanted.get(node)?.[i] ?? 0)));
  });
  return { now, ...(unlent.some((floor) => floor !== nothing) ? { unlent } : {}) };
}

/** What waiting jobs ask for that fit as a whole into what is left of a guarantee. */
function wantedWithin(nodes: readonly ShareNode[], held: Float64Array, waiting: ReadonlyMap<number, Wanting>): ReadonlyMap<number, Vector> {
  const wanted = new Map<number, number[]>();
  for (const [leaf, { entries, goesOn }] of waiting) {
    for (let node = leaf; node >= 0; node = nodes[node]?.parent ?? -1) {
      const guarantee = nodes[node]?.guarantee;
      if (guarantee?.lend !== true) continue;
      const sum = wanted.get(node) ?? [...nothing];
      wanted.set(node, sum);
      const asks = entries.map(({ demand }) => vectorOf(demand)).filter((ask) => hasRoomBelow(nodes, held, leaf, node, ask));
      for (const ask of asks) addIfWithin(sum, ask, guarantee.amounts, node, held);
      if (goesOn && asks.length > 0 && asks.length === entries.length) wanted.set(node, [...guarantee.amounts]);
    }
  }
  return wanted;
}

/** Whether no limit of the share itself, or of what is in it, keeps the job waiting: nothing is kept for one that could not use it. */
function hasRoomBelow(nodes: readonly ShareNode[], held: Float64Array, leaf: number, share: number, ask: Vector): boolean {
  for (let node = leaf; node >= share; node = nodes[node]?.parent ?? -1) {
    const limits = nodes[node]?.limits ?? [];
    if (ask.some((asked, i) => asked > 0 && (held[node * DIMENSIONS + i] ?? 0) + asked > (limits[i] ?? 0))) return false;
  }
  return true;
}

function addIfWithin(sum: number[], ask: Vector, guaranteed: Vector, node: number, held: Float64Array): void {
  const after = sum.map((amount, i) => amount + (ask[i] ?? 0));
  const fits = after.every((amount, i) => guaranteed[i] === 0 || amount + (held[node * DIMENSIONS + i] ?? 0) <= (guaranteed[i] ?? 0));
  if (fits) for (const [i, amount] of after.entries()) sum[i] = amount;
}
