import { DIMENSIONS, limitedAmounts, type Vector } from './amounts.ts';
import { Claims } from './claims.ts';

/** Every job takes at least one of each of these. */
const FULL_BY = [limitedAmounts.indexOf('runningJobs'), limitedAmounts.indexOf('nodes')];

/** What stands in the way of a job in the tree: an amount at a node. */
export interface TreeObstacle {
  readonly node: number;
  /** Index into `limitedAmounts`. */
  readonly amount: number;
  readonly kind: 'limit' | 'guarantee';
}

/** What is kept for nodes against their siblings, by node. */
export interface Floors {
  /** What is kept for them now. */
  readonly now: readonly Vector[];
  /** The part that is never lent: absent where all is. */
  readonly unlent?: readonly Vector[];
}

/** The shape of a tree: nodes are numbers, the root is 0, a parent's number is lower than its children's. */
export interface TreeShape {
  /** Of the root -1. */
  readonly parents: readonly number[];
  /** Infinity where there is none. */
  readonly limits: readonly Vector[];
  /** Absent where nothing is guaranteed. */
  readonly floors?: Floors;
}

/**
 * What the nodes of the share tree hold, against their limits and guarantees. A job may start if what is held stays
 * within the limit of every node on its path, and if it takes nothing that is kept for others. Within what is kept for
 * its own share it takes nothing from anybody, so whoever has a guarantee reaches it whatever others ask for; but what
 * was lent comes back when it is free, not out of what a sibling never lends.
 */
export class TreeState {
  readonly #parents: readonly number[];
  readonly #limits: Float64Array;
  readonly #held: Float64Array;
  readonly #claims: Claims | undefined;
  readonly #unlent: Claims | undefined;

  private constructor(parents: readonly number[], limits: Float64Array, held: Float64Array, claims?: Claims, unlent?: Claims) {
    this.#parents = parents;
    this.#limits = limits;
    this.#held = held;
    this.#claims = claims;
    this.#unlent = unlent;
  }

  /** @param held by node: of leaves what they hold, of inner nodes the sum of their leaves. */
  static of({ parents, limits, floors }: TreeShape, held: Float64Array): TreeState {
    const flat = Float64Array.from(limits.flat());
    const claims = (kept: readonly Vector[] | undefined): Claims | undefined => kept && Claims.of(parents, flat, kept, held);
    return new TreeState(parents, flat, held, claims(floors?.now), claims(floors?.unlent));
  }

  /** The same, to go on by itself. */
  copy(): TreeState {
    return new TreeState(this.#parents, this.#limits, this.#held.slice(), this.#claims?.copy(), this.#unlent?.copy());
  }

  held(node: number, amount: number): number {
    return this.#held[node * DIMENSIONS + amount] ?? 0;
  }

  limit(node: number, amount: number): number {
    return this.#limits[node * DIMENSIONS + amount] ?? Number.POSITIVE_INFINITY;
  }

  /** What is kept for children of the node beyond what they hold. */
  kept(node: number, amount: number): number {
    return Math.max(0, (this.#claims?.claimed(node, amount) ?? 0) - this.held(node, amount));
  }

  /** Whether not even a job of one node fits. */
  isFull(node: number): boolean {
    return FULL_BY.some((amount) => this.held(node, amount) + 1 > this.limit(node, amount));
  }

  /** Where a job asks for more than there will ever be. */
  excess(leaf: number, ask: Vector): TreeObstacle | undefined {
    for (let node = leaf; node >= 0; node = this.#parents[node] ?? -1) {
      for (let amount = 0; amount < DIMENSIONS; amount += 1) {
        if ((ask[amount] ?? 0) > this.limit(node, amount)) return { node, amount, kind: 'limit' };
      }
    }
    return undefined;
  }

  /** The first thing that keeps a job of `leaf` from starting, from the leaf upwards; `undefined` if it may. */
  obstacle(leaf: number, ask: Vector): TreeObstacle | undefined {
    for (let node = leaf; node >= 0; node = this.#parents[node] ?? -1) {
      const at = node * DIMENSIONS;
      for (let amount = 0; amount < DIMENSIONS; amount += 1) {
        const asked = ask[amount] ?? 0;
        if (asked > 0 && (this.#held[at + amount] ?? 0) + asked > (this.#limits[at + amount] ?? 0)) return { node, amount, kind: 'limit' };
      }
    }
    const intrusion = this.#intrusion(leaf, ask);
    return intrusion && { ...intrusion, kind: 'guarantee' };
  }

  #intrusion(leaf: number, ask: Vector): { readonly node: number; readonly amount: number } | undefined {
    return this.#claims?.intrusion(leaf, ask) ?? this.#unlent?.intrusion(leaf, ask);
  }

  /**
   * Whether there is no room for the job beside what is held and kept here, a moment to come: what its own share is kept
   * for has its room, whoever else is expected.
   */
  isCrowdedBy(leaf: number, ask: Vector): boolean {
    if (this.#intrusion(leaf, ask) !== undefined) return true;
    return ask.some((asked, amount) => {
      let node = leaf;
      for (let reach = this.#claims?.reach(leaf, asked, amount) ?? Number.POSITIVE_INFINITY; node >= 0 && reach > 0; reach -= 1) {
        if (asked > 0 && this.held(node, amount) + asked > this.limit(node, amount)) return true;
        node = this.#parents[node] ?? -1;
      }
      return false;
    });
  }

  /** Charges a job to its leaf and all above: `sign` 1 when it starts, -1 when it gives its limits back. */
  charge(leaf: number, ask: Vector, sign: 1 | -1): void {
    for (let amount = 0; amount < DIMENSIONS; amount += 1) {
      const asked = sign * (ask[amount] ?? 0);
      if (asked === 0) continue;
      for (let node = leaf; node >= 0; node = this.#parents[node] ?? -1) {
        const at = node * DIMENSIONS + amount;
        this.#held[at] = (this.#held[at] ?? 0) + asked;
      }
      this.#claims?.charge(leaf, asked, amount);
      this.#unlent?.charge(leaf, asked, amount);
    }
  }
}
