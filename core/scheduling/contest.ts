import { bandAt } from '../queue/order.ts';
import type { EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import type { LeafQueue } from './leaf-queue.ts';
import type { ContestOrder } from './contest-order.ts';

/** What the contest is about: a tree whose leaves have queues. */
export interface ContestTree {
  readonly parents: readonly number[];
  readonly weights: readonly number[];
  /** Decayed usage by node; grows as jobs start. */
  readonly usage: Float64Array;
  /** By leaf; only those with jobs. */
  readonly queues: ReadonlyMap<number, LeafQueue>;
}

const ROOT = 0;

/**
 * Which job comes next: of all siblings the one with the job of the highest band, of those the one that used least for
 * its weight, of those the one whose job comes first; and so on down to the leaf. (Where looks are
 * scarce, whoever was looked at in vain lets others come before: one user's hundred jobs for which there is no room do
 * not use up the cycle.) That is Slurm's Fair Tree
 * (https://slurm.schedmd.com/fair_tree.html) with bands before it: a node's usage counts among its siblings before its
 * members' usage counts among theirs. Every inner node keeps its children in a heap. What happens to a leaf only ever
 * makes it worse within a cycle (it used more, or its next job comes later), so an update sinks along one path:
 * O(depth · log children).
 */
export class Contest {
  readonly #tree: ContestTree;
  readonly #order: ContestOrder;
  readonly #nowMs: EpochMs;
  readonly #parents: readonly number[];
  readonly #heaps = new Map<number, number[]>();
  readonly #places: Int32Array;
  /** By node: band of its best job, round of that job's leaf, usage for its weight, and the job. */
  readonly #bands: Float64Array;
  readonly #rounds: Float64Array;
  readonly #shares: Float64Array;
  readonly #heads: (QueueEntry | undefined)[];

  constructor(tree: ContestTree, order: ContestOrder, nowMs: EpochMs) {
    const { length } = tree.parents;
    this.#tree = tree;
    this.#order = order;
    this.#nowMs = nowMs;
    // In a flat contest every leaf stands under the root, so that its order is that of the jobs.
    this.#parents = order.flat ? tree.parents.map((parent) => (parent < 0 ? -1 : ROOT)) : tree.parents;
    this.#places = new Int32Array(length).fill(-1);
    this.#bands = new Float64Array(length);
    this.#rounds = new Float64Array(length);
    this.#shares = new Float64Array(length);
    this.#heads = Array.from({ length }, () => undefined);
    this.#build();
  }

  /** The leaf whose job comes next; `undefined` when there is none. */
  best(): number | undefined {
    let node: number | undefined = ROOT;
    for (let heap = this.#heaps.get(ROOT); heap !== undefined; heap = this.#heaps.get(node)) {
      const top: number | undefined = heap[0];
      if (top === undefined) return undefined;
      node = top;
    }
    return node === ROOT ? undefined : node;
  }

  /** A job of the leaf started and raised the usage of its path, or its queue went on. */
  update(leaf: number): void {
    for (let node = leaf; node > ROOT; node = this.#parents[node] ?? -1) {
      this.#measure(node);
      if (this.#heads[node] === undefined) this.#remove(node);
      else this.#sink(this.#heapAbove(node), this.#places[node] ?? -1);
    }
  }

  /** Nothing under the node can start any more. In a flat contest its leaves are found out one by one. */
  close(node: number): void {
    if (node === ROOT || this.#order.flat) return;
    this.#remove(node);
    this.update(this.#parents[node] ?? ROOT);
  }

  #build(): void {
    for (let node = this.#parents.length - 1; node > ROOT; node -= 1) {
      this.#heapify(node);
      this.#measure(node);
      if (this.#heads[node] !== undefined) this.#heapAbove(node).push(node);
    }
    this.#heapify(ROOT);
  }

  #heapify(node: number): void {
    const heap = this.#heaps.get(node);
    if (heap === undefined) return;
    for (const [place, child] of heap.entries()) this.#places[child] = place;
    for (let place = Math.floor(heap.length / 2) - 1; place >= 0; place -= 1) this.#sink(heap, place);
  }

  #heapAbove(node: number): number[] {
    const parent = this.#parents[node] ?? ROOT;
    const known = this.#heaps.get(parent);
    if (known !== undefined) return known;
    const heap: number[] = [];
    this.#heaps.set(parent, heap);
    return heap;
  }

  #measure(node: number): void {
    const top = this.#heaps.get(node)?.[0];
    const head = top === undefined ? this.#tree.queues.get(node)?.head : this.#heads[top];
    this.#heads[node] = head;
    if (head === undefined) return;
    this.#bands[node] = this.#order.banded ? bandAt(head, this.#nowMs) : 0;
    if (this.#order.flat) return;
    this.#rounds[node] = top === undefined ? (this.#tree.queues.get(node)?.round ?? 0) : (this.#rounds[top] ?? 0);
    this.#shares[node] = (this.#tree.usage[node] ?? 0) / (this.#tree.weights[node] ?? 1);
  }

  #isBefore(a: number, b: number): boolean {
    const band = (this.#bands[a] ?? 0) - (this.#bands[b] ?? 0);
    if (band !== 0) return band > 0;
    const round = (this.#rounds[a] ?? 0) - (this.#rounds[b] ?? 0);
    if (round !== 0) return round < 0;
    const share = (this.#shares[a] ?? 0) - (this.#shares[b] ?? 0);
    if (share !== 0) return share < 0;
    const x = this.#heads[a];
    const y = this.#heads[b];
    return x !== undefined && y !== undefined && this.#order.compare(x, y) < 0;
  }

  #sink(heap: number[], from: number): void {
    let place = from;
    const node = heap[place];
    if (node === undefined) return;
    for (;;) {
      let child = 2 * place + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let better = left;
      if (right !== undefined && this.#isBefore(right, left)) {
        better = right;
        child += 1;
      }
      if (!this.#isBefore(better, node)) break;
      heap[place] = better;
      this.#places[better] = place;
      place = child;
    }
    heap[place] = node;
    this.#places[node] = place;
  }

  #rise(heap: number[], from: number): void {
    let place = from;
    const node = heap[place];
    if (node === undefined) return;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !this.#isBefore(node, parent)) break;
      heap[place] = parent;
      this.#places[parent] = place;
      place = above;
    }
    heap[place] = node;
    this.#places[node] = place;
  }

  #remove(node: number): void {
    const place = this.#places[node] ?? -1;
    if (place < 0) return;
    this.#places[node] = -1;
    const heap = this.#heapAbove(node);
    const last = heap.pop();
    if (last === undefined || last === node) return;
    heap[place] = last;
    this.#places[last] = place;
    this.#sink(heap, place);
    this.#rise(heap, this.#places[last] ?? place);
  }
}
