import { DIMENSIONS, limitedAmounts, type Vector } from './amounts.ts';

/** Every job takes at least one of each of these. */
const FULL_BY = [limitedAmounts.indexOf('runningJobs'), limitedAmounts.indexOf('nodes')];

/** What stands in the way of a job in the tree: an amount at a node. */
export interface TreeObstacle {
  readonly node: number;
  /** Index into `limitedAmounts`. */
  readonly amount: number;
  readonly kind: 'limit' | 'guarantee';
}

/** The shape of a tree: nodes are numbers, the root is 0, a parent's number is lower than its children's. */
export interface TreeShape {
  /** Of the root -1. */
  readonly parents: readonly number[];
  /** Infinity where there is none. */
  readonly limits: readonly Vector[];
  /** What is kept for a node against its siblings; absent where nothing is kept for any. */
  readonly floors?: readonly Vector[];
}

/**
 * What the nodes of the share tree hold, against their limits and guarantees.
 *
 * A node's *claim* is what it holds, or what is kept for it if that is more: its floor. A job may start if what is held
 * stays within the limit of every node on its path, and if it does not push the claims of siblings together over their
 * parent's limit. Within its own floor it pushes nothing, so whoever has a guarantee reaches it whatever others ask for.
 */
export class TreeState {
  readonly #parents: readonly number[];
  readonly #limits: Float64Array;
  readonly #floors: Float64Array | undefined;
  readonly #held: Float64Array;
  /** Of an inner node the claims of its children together, of a leaf what it holds. Without floors the same as `held`. */
  readonly #claimed: Float64Array;

  private constructor(parents: readonly number[], limits: Float64Array, floors: Float64Array | undefined, held: Float64Array, claimed: Float64Array) {
    this.#parents = parents;
    this.#limits = limits;
    this.#floors = floors;
    this.#held = held;
    this.#claimed = claimed;
  }

  /** @param held by node: of leaves what they hold, of inner nodes the sum of their leaves. */
  static of({ parents, limits, floors }: TreeShape, held: Float64Array): TreeState {
    const flat = floors === undefined ? undefined : Float64Array.from(floors.flat());
    return new TreeState(parents, Float64Array.from(limits.flat()), flat, held, flat === undefined ? held : claimsOf(parents, flat, held));
  }

  /** The same, to go on by itself. */
  copy(): TreeState {
    const held = this.#held.slice();
    return new TreeState(this.#parents, this.#limits, this.#floors, held, this.#floors === undefined ? held : this.#claimed.slice());
  }

  held(node: number, amount: number): number {
    return this.#held[node * DIMENSIONS + amount] ?? 0;
  }

  limit(node: number, amount: number): number {
    return this.#limits[node * DIMENSIONS + amount] ?? Number.POSITIVE_INFINITY;
  }

  /** What is kept for children of the node beyond what they hold. */
  kept(node: number, amount: number): number {
    return (this.#claimed[node * DIMENSIONS + amount] ?? 0) - this.held(node, amount);
  }

  /** Whether not even a job of one node fits. */
  isFull(node: number): boolean {
    return FULL_BY.some((amount) => this.held(node, amount) + 1 > this.limit(node, amount));
  }

  /** Where a job asks for more than there will ever be. */
  excess(leaf: number, ask: Vector): TreeObstacle | undefined {
    for (let node = leaf; node >= 0; node = this.#parents[node] ?? -1) {
      const amount = ask.findIndex((asked, i) => asked > this.limit(node, i));
      if (amount >= 0) return { node, amount, kind: 'limit' };
    }
    return undefined;
  }

  /** The first thing that keeps a job of `leaf` from starting, from the leaf upwards; `undefined` if it may. */
  obstacle(leaf: number, ask: Vector): TreeObstacle | undefined {
    for (let node = leaf; node >= 0; node = this.#parents[node] ?? -1) {
      const at = node * DIMENSIONS;
      for (let amount = 0; amount < DIMENSIONS; amount += 1) {
        const asked = ask[amount] ?? 0;
        if (asked > 0 && this.held(node, amount) + asked > (this.#limits[at + amount] ?? 0)) return { node, amount, kind: 'limit' };
      }
    }
    return this.#floors === undefined ? undefined : this.#intrusion(leaf, ask);
  }

  /** Where the job would take what is kept for others. */
  #intrusion(leaf: number, ask: Vector): TreeObstacle | undefined {
    for (let amount = 0; amount < DIMENSIONS; amount += 1) {
      let rise = ask[amount] ?? 0;
      for (let node = leaf; node >= 0 && rise > 0; node = this.#parents[node] ?? -1) {
        const at = node * DIMENSIONS + amount;
        const claimed = (this.#claimed[at] ?? 0) + rise;
        if (claimed > (this.#limits[at] ?? 0)) return { node, amount, kind: 'guarantee' };
        rise = this.#rise(at, rise);
      }
    }
    return undefined;
  }

  /**
   * Whether there is no room for the job beside what is held and kept here, a moment to come: what its own share is kept
   * for has its room, whoever else is expected.
   */
  isCrowdedBy(leaf: number, ask: Vector): boolean {
    for (let amount = 0; amount < DIMENSIONS; amount += 1) {
      const asked = ask[amount] ?? 0;
      let rise = asked;
      for (let node = leaf; node >= 0 && rise > 0; node = this.#parents[node] ?? -1) {
        const at = node * DIMENSIONS + amount;
        const limit = this.#limits[at] ?? 0;
        if ((this.#held[at] ?? 0) + asked > limit || (this.#claimed[at] ?? 0) + rise > limit) return true;
        rise = this.#rise(at, rise);
      }
    }
    return false;
  }

  /** By how much the claim of a node changes when what it is claimed by changes by `change`. */
  #rise(at: number, change: number): number {
    const floor = this.#floors?.[at] ?? 0;
    const before = this.#claimed[at] ?? 0;
    return Math.max(floor, before + change) - Math.max(floor, before);
  }

  /** Charges a job to its leaf and all above: `sign` 1 when it starts, -1 when it gives its limits back. */
  charge(leaf: number, ask: Vector, sign: 1 | -1): void {
    for (let amount = 0; amount < DIMENSIONS; amount += 1) {
      const asked = sign * (ask[amount] ?? 0);
      if (asked === 0) continue;
      let change = asked;
      for (let node = leaf; node >= 0; node = this.#parents[node] ?? -1) {
        const at = node * DIMENSIONS + amount;
        this.#held[at] = (this.#held[at] ?? 0) + asked;
        if (this.#floors === undefined) continue;
        const rise = this.#rise(at, change);
        this.#claimed[at] = (this.#claimed[at] ?? 0) + change;
        change = rise;
      }
    }
  }
}

/** Claims from the leaves up: parents come before their children, so one pass from the end is enough. */
function claimsOf(parents: readonly number[], floors: Float64Array, held: Float64Array): Float64Array {
  const isInner = new Set(parents);
  const claimed = Float64Array.from(held, (amount, i) => (isInner.has(Math.floor(i / DIMENSIONS)) ? 0 : amount));
  for (let node = parents.length - 1; node > 0; node -= 1) {
    for (let amount = 0; amount < DIMENSIONS; amount += 1) {
      const at = node * DIMENSIONS + amount;
      const above = (parents[node] ?? 0) * DIMENSIONS + amount;
      claimed[above] = (claimed[above] ?? 0) + Math.max(floors[at] ?? 0, claimed[at] ?? 0);
    }
  }
  return claimed;
}
