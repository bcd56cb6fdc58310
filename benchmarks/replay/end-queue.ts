import type { LoadJob } from './load.ts';

interface End {
  readonly atMs: number;
  readonly job: LoadJob;
}

/** Ends to come, the next one first: a binary heap. Of ends at one time the order does not matter, all are taken at once. */
export class EndQueue {
  readonly #heap: End[] = [];

  /** When the next job ends; infinity when none runs. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  add(atMs: number, job: LoadJob): void {
    const heap = this.#heap;
    const end = { atMs, job };
    let place = heap.length;
    for (let parent = (place - 1) >> 1; place > 0; place = parent, parent = (place - 1) >> 1) {
      const above = heap[parent];
      if (above === undefined || above.atMs <= atMs) break;
      heap[place] = above;
    }
    heap[place] = end;
  }

  /** Takes the next end; there must be one. */
  take(): LoadJob {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) throw new Error('Nothing is running.');
    if (this.#heap.length > 0) this.#sink(last);
    return first.job;
  }

  #sink(end: End): void {
    const heap = this.#heap;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      const left = heap[child];
      const right = heap[child + 1];
      const isRight = left !== undefined && right !== undefined && right.atMs < left.atMs;
      const sooner = isRight ? right : left;
      if (sooner === undefined || sooner.atMs >= end.atMs) break;
      heap[place] = sooner;
      place = isRight ? child + 1 : child;
    }
    heap[place] = end;
  }
}
