import type { EpochMs, JobId } from '../job/ids.ts';
import type { Hold, QuotaKey } from '../job/job.ts';
import { vectorOf } from './amounts.ts';
import type { CycleLayout } from './cycle-layout.ts';
import { delays, isOverBy, reserve, type Ask, type Release, type Reservation, type Verdict } from './limits.ts';
import type { Obstacle } from './plan.ts';
import { entriesOf, quotaKeysOf } from './quota-state.ts';
import type { Holder } from './snapshot.ts';
import { leafId } from './share-nodes.ts';

/** For so many jobs a cycle tries to keep limits: each try costs a copy of the tree's amounts. */
const MOST_TRIES = 16;

/** Where a job was found waiting that has no reservation by time: whoever counts there too does not pass it. */
interface Wall {
  readonly jobId: JobId;
  /** A node of the tree, or quotas. */
  readonly place: number | ReadonlySet<QuotaKey>;
}

/**
 * What is kept for jobs that wait for limits: of each place that is short, the first job in the cycle's order. With it
 * known when limits come back, others may pass if they are over by then or fit beside; without, they do not pass.
 */
export class Reservations {
  readonly #layout: CycleLayout;
  readonly #releases: Release[] | undefined;
  readonly #nowMs: EpochMs;
  readonly #reserved: Reservation[] = [];
  readonly #walls: Wall[] = [];
  readonly #places = new Set<number | 'quotas'>();
  readonly #backfill: boolean;
  #tries = 0;
  #passageRefused = false;

  constructor(layout: CycleLayout, holders: readonly Holder[] | undefined, backfill: boolean, nowMs: EpochMs) {
    this.#layout = layout;
    this.#nowMs = nowMs;
    this.#backfill = backfill;
    this.#releases = backfill ? holders?.map((holder) => this.#releaseOf(holder)).toSorted((a, b) => a.atMs - b.atMs) : undefined;
  }

  /** Whether a job was kept from passing only because nobody knows when limits come back. */
  get wantsHolders(): boolean {
    return this.#backfill && this.#releases === undefined && this.#passageRefused;
  }

  /** Keeps limits for a job that waits, unless another waits at the same place before it. */
  add(ask: Ask, verdict: Exclude<Verdict, { kind: 'fits' }>): void {
    const place = verdict.kind === 'tree' ? verdict.obstacle.node : 'quotas';
    if (this.#places.has(place) || this.#tries >= MOST_TRIES) return;
    this.#tries += 1;
    if (this.#releases === undefined) {
      // What is kept for others is not there for whoever waits behind it, so they are not in its way either.
      if (verdict.kind === 'tree' && verdict.obstacle.kind === 'guarantee') return;
      this.#walls.push({ jobId: ask.jobId, place: place === 'quotas' ? quotaKeysOf(ask.pools) : place });
      this.#places.add(place);
      return;
    }
    const reservation = reserve(ask, this.#layout.limits, this.#releases);
    if (reservation === undefined) return;
    this.#reserved.push(reservation);
    this.#places.add(place);
  }

  reservedFrom(jobId: JobId): EpochMs | undefined {
    return this.#reserved.find((reservation) => reservation.jobId === jobId)?.fromMs;
  }

  /** The reservation that keeps a job from starting though it fits. */
  delayedBy(ask: Ask, quotas: Hold['quotas']): Obstacle | undefined {
    const wall = this.#walls.find(({ place }) => (typeof place === 'number' ? this.#isOnPath(ask.leaf, place) : entriesOf(quotas).some(([key]) => place.has(key))));
    if (wall !== undefined) {
      this.#passageRefused = true;
      return { kind: 'reservation', jobId: wall.jobId };
    }
    const delayed = this.#reserved.find((reservation) => delays(ask, quotas, reservation));
    return delayed === undefined ? undefined : { kind: 'reservation', jobId: delayed.jobId, fromMs: delayed.fromMs };
  }

  /** A job started: it will be over when a reservation begins, or is counted beside it. */
  started(ask: Ask, quotas: Hold['quotas']): void {
    for (const { fromMs, expected } of this.#reserved) if (!isOverBy(ask, fromMs)) expected.charge(ask, quotas, 1);
    this.#releases?.splice(this.#placeOf(ask.endsByMs ?? this.#nowMs), 0, { leaf: ask.leaf, vector: ask.vector, quotas, atMs: ask.endsByMs ?? this.#nowMs });
  }

  /** One whose bound is over, or that has none, may end any moment: to count on it early keeps others from passing, no more. */
  #releaseOf({ namespace, user, amounts, hold }: Holder): Release {
    const leaf = this.#layout.leaves.get(leafId({ namespace, user })) ?? 0;
    return { leaf, vector: vectorOf(amounts), quotas: hold.quotas, atMs: Math.max(hold.endsByMs ?? this.#nowMs, this.#nowMs) };
  }

  #placeOf(atMs: number): number {
    const releases = this.#releases ?? [];
    let low = 0;
    for (let high = releases.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((releases[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isOnPath(leaf: number, place: number): boolean {
    let node = leaf;
    while (node > place) node = this.#layout.parents[node] ?? -1;
    return node === place;
  }
}
