import { DIMENSIONS, type Vector } from './amounts.ts';

/**
 * What the nodes of the share tree claim: what they hold, or what is kept for them if that is more, their floor. A job
 * within its own share's floor raises no claim; any other raises the claims above it, and must not push those of
 * siblings together over their parent's limit.
 */
export class Claims {
  readonly #parents: readonly number[];
  readonly #limits: Float64Array;
  readonly #floors: Float64Array;
  /** Of an inner node the claims of its children together, of a leaf what it holds. */
  readonly #claimed: Float64Array;

  private constructor(parents: readonly number[], limits: Float64Array, floors: Float64Array, claimed: Float64Array) {
    this.#parents = parents;
    this.#limits = limits;
    this.#floors = floors;
    this.#claimed = claimed;
  }

  static of(parents: readonly number[], limits: Float64Array, floors: readonly Vector[], held: Float64Array): Claims {
    const flat = Float64Array.from(floors.flat());
    return new Claims(parents, limits, flat, claimedBy(parents, flat, held));
  }

  copy(): Claims {
    return new Claims(this.#parents, this.#limits, this.#floors, this.#claimed.slice());
  }

  /** Of an inner node, what its children claim together. */
  claimed(node: number, amount: number): number {
    return this.#claimed[node * DIMENSIONS + amount] ?? 0;
  }

  /** The first node, from the leaf upwards, at which a job would take what is kept for others. */
  intrusion(leaf: number, ask: Vector): { readonly node: number; readonly amount: number } | undefined {
    for (let amount = 0; amount < DIMENSIONS; amount += 1) {
      let rise = ask[amount] ?? 0;
      for (let node = leaf; node >= 0 && rise > 0; node = this.#parents[node] ?? -1) {
        const at = node * DIMENSIONS + amount;
        if ((this.#claimed[at] ?? 0) + rise > (this.#limits[at] ?? 0)) return { node, amount };
        rise = this.#rise(at, rise);
      }
    }
    return undefined;
  }

  /** How many nodes of the path a job raises the claim of, by one amount: the leaf and those above it up to its share's floor. */
  reach(leaf: number, asked: number, amount: number): number {
    let nodes = 0;
    let rise = asked;
    for (let node = leaf; node >= 0 && rise > 0; node = this.#parents[node] ?? -1) {
      nodes += 1;
      rise = this.#rise(node * DIMENSIONS + amount, rise);
    }
    return nodes;
  }

  charge(leaf: number, asked: number, amount: number): void {
    let change = asked;
    for (let node = leaf; node >= 0 && change !== 0; node = this.#parents[node] ?? -1) {
      const at = node * DIMENSIONS + amount;
      const rise = this.#rise(at, change);
      this.#claimed[at] = (this.#claimed[at] ?? 0) + change;
      change = rise;
    }
  }

  /** By how much the claim of a node changes when what it is claimed by changes by `change`. */
  #rise(at: number, change: number): number {
    const floor = this.#floors[at] ?? 0;
    const before = this.#claimed[at] ?? 0;
    return Math.max(floor, before + change) - Math.max(floor, before);
  }
}

/** From the leaves up: parents come before their children, so one pass from the end is enough. */
function claimedBy(parents: readonly number[], floors: Float64Array, held: Float64Array): Float64Array {
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
