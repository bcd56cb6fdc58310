import type { LeafKey } from '../../core/queue/lane.ts';
import { limitedAmounts } from '../../core/scheduling/amounts.ts';
import { layOutShares, leafId } from '../../core/scheduling/share-nodes.ts';
import type { ShareTree } from '../../core/shares/share-tree.ts';

const NODES = limitedAmounts.indexOf('nodes');

/** Somebody among whom something is divided. */
export interface Claim {
  readonly weight: number;
  /** What it gets at least, if it is there. */
  readonly floor: number;
  /** What it gets at most; not less than its floor. */
  readonly cap: number;
}

/**
 * Divides by weighted max-min: everybody gets the same for its weight, but nobody more than its cap, and what that
 * leaves goes to the others in the same way (Bertsekas, Gallager, "Data Networks", 1987, §6.5.2). Floors come first; where they
 * are more than there is, there are none.
 */
export function divide(amount: number, claims: readonly Claim[]): number[] {
  const sumOf = (part: (claim: Claim) => number): number => claims.reduce((sum, claim) => sum + part(claim), 0);
  if (sumOf(({ cap }) => cap) <= amount) return claims.map(({ cap }) => cap);
  const floors = sumOf(({ floor }) => floor);
  const floorOf = (claim: Claim): number => (floors <= amount ? claim.floor : 0);
  const level = levelOf(amount, claims.map((claim) => ({ ...claim, floor: floorOf(claim) })));
  return claims.map((claim) => Math.min(claim.cap, Math.max(floorOf(claim), level * claim.weight)));
}

/** The amount a weight at which all is given away: above its floor's level a claim grows with it, at its cap's it stops. */
function levelOf(amount: number, claims: readonly Claim[]): number {
  const turns = claims
    .flatMap(({ weight, floor, cap }) => [{ level: floor / weight, slope: weight }, { level: cap / weight, slope: -weight }])
    .sort((a, b) => a.level - b.level);
  let given = claims.reduce((sum, { floor }) => sum + floor, 0);
  let level = 0;
  let slope = 0;
  for (const turn of turns) {
    const more = slope * (turn.level - level);
    if (slope > 0 && given + more >= amount) return level + (amount - given) / slope;
    given += more;
    level = turn.level;
    slope += turn.slope;
  }
  return level;
}

/** What the leaves of a share tree are entitled to of a machine, by what they ask for. */
export class Entitlements {
  readonly #capacity: number;
  readonly #leaves: ReadonlyMap<string, number>;
  readonly #nodes: ReturnType<typeof layOutShares>['nodes'];
  /** By node: those of its children under which somebody asks. */
  readonly #asking: readonly Set<number>[];
  /** By node: what its leaves ask for together, within the limits below it; of a leaf what it asks for. */
  readonly #demand: Float64Array;
  readonly #shares: Float64Array;
  #stale = false;

  constructor(tree: ShareTree, capacity: number, leaves: readonly LeafKey[]) {
    const layout = layOutShares(tree, Number.MAX_SAFE_INTEGER, leaves);
    this.#capacity = capacity;
    this.#nodes = layout.nodes;
    this.#leaves = layout.leaves;
    this.#asking = layout.nodes.map(() => new Set());
    this.#demand = new Float64Array(layout.nodes.length);
    this.#shares = new Float64Array(layout.nodes.length);
  }

  /** How many nodes there are: leaves are numbered among them. */
  get size(): number {
    return this.#nodes.length;
  }

  leafOf(key: LeafKey): number {
    const leaf = this.#leaves.get(leafId(key));
    if (leaf === undefined) throw new Error(`${leafId(key)} is no leaf of the tree.`);
    return leaf;
  }

  /** From now on the leaf asks for so much more, or less. */
  ask(leaf: number, change: number): void {
    const demand = (this.#demand[leaf] ?? 0) + change;
    this.#demand[leaf] = demand;
    this.#stale = true;
    let asks = demand > 0;
    for (let node = leaf; node > 0; node = this.#parentOf(node)) {
      const siblings = this.#asking[this.#parentOf(node)];
      if (asks) siblings?.add(node);
      else siblings?.delete(node);
      asks = siblings !== undefined && siblings.size > 0;
    }
  }

  /** What each leaf that asks is entitled to, by its number. Valid until somebody asks for something else. */
  shares(): Float64Array {
    if (this.#stale) {
      this.#shares.fill(0);
      this.#shares[0] = Math.min(this.#capacity, this.#capOf(0));
      this.#divide(0);
      this.#stale = false;
    }
    return this.#shares;
  }

  #parentOf(node: number): number {
    return this.#nodes[node]?.parent ?? -1;
  }

  #capOf(node: number): number {
    const children = this.#asking[node];
    if (children !== undefined && children.size > 0) {
      let sum = 0;
      for (const child of children) sum += this.#capOf(child);
      this.#demand[node] = sum;
    }
    return this.#within(node);
  }

  /** What is asked for at a node and below, within its own limit. */
  #within(node: number): number {
    return Math.min(this.#demand[node] ?? 0, this.#nodes[node]?.limits[NODES] ?? 0);
  }

  #divide(node: number): void {
    const children = [...(this.#asking[node] ?? [])];
    if (children.length === 0) return;
    const parts = divide(this.#shares[node] ?? 0, children.map((child) => this.#claimOf(child)));
    for (const [i, child] of children.entries()) {
      this.#shares[child] = parts[i] ?? 0;
      this.#divide(child);
    }
  }

  #claimOf(child: number): Claim {
    const cap = this.#within(child);
    const { weight = 1, guarantee } = this.#nodes[child] ?? {};
    return { weight, cap, floor: Math.min(cap, guarantee?.amounts[NODES] ?? 0) };
  }
}
