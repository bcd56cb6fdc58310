import type { EpochMs, JobId } from '../job/ids.ts';
import type { Hold } from '../job/job.ts';
import { vectorOf, type Vector } from './amounts.ts';
import type { CycleLayout } from './cycle-layout.ts';
import { delays, isOverBy, reserve, reserveBlindly, type Ask, type Limits, type Refusal, type Release, type Reservation } from './limits.ts';
import type { Obstacle } from './plan.ts';
import { leafId } from './share-nodes.ts';
import type { Holder } from './snapshot.ts';

/** For so many jobs a cycle tries to keep limits: each try costs a copy of the tree's amounts. */
const MOST_TRIES = 16;

/**
 * What is kept for jobs that wait for limits: of each place that is short, the first job in the cycle's order. Where it
 * is known when limits come back, others may pass if they are over by then; otherwise if they fit beside.
 */
export class Reservations {
  readonly #layout: CycleLayout;
  /** Sorted by time; absent where nobody knows, or nobody is to pass. */
  readonly #releases: Release[] | undefined;
  readonly #nowMs: EpochMs;
  readonly #reserved: Reservation[] = [];
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

  /** Whether nobody is known to wait at the place yet. */
  isFirstAt(verdict: Refusal): boolean {
    return this.#tries < MOST_TRIES && !this.#places.has(placeOf(verdict));
  }

  /** Keeps limits for the first job that waits at a place. */
  add(ask: Ask, verdict: Refusal): void {
    this.#tries += 1;
    const reservation = this.#reservationFor(ask, verdict);
    if (reservation === undefined) return;
    this.#reserved.push(reservation);
    this.#places.add(placeOf(verdict));
  }

  #reservationFor(ask: Ask, verdict: Refusal): Reservation | undefined {
    if (this.#releases !== undefined) return reserve(ask, ...this.#after(this.#releases));
    // What is kept for others is not there for this job, so they are not in its way either.
    const isKept = verdict.kind === 'tree' && verdict.obstacle.kind === 'guarantee';
    return isKept ? undefined : reserveBlindly(ask, this.#layout.limits);
  }

  /** Those that were reserved for before count as if they held their limits from now on until their bound is over. */
  #after(releases: readonly Release[]): [Limits, readonly Release[]] {
    if (this.#reserved.length === 0) return [this.#layout.limits, releases];
    const now = this.#layout.limits.copy();
    const ends: Release[] = [];
    for (const { ask, quotas, fromMs, isCertain } of this.#reserved) {
      now.charge(ask, quotas, 1);
      const endsByMs = isCertain && fromMs !== undefined && ask.endsByMs !== undefined ? fromMs + ask.endsByMs - this.#nowMs : undefined;
      ends.push(this.#release(ask.leaf, ask.vector, quotas, endsByMs));
    }
    return [now, [...releases, ...ends].toSorted((a, b) => a.atMs - b.atMs)];
  }

  /**
   * When the job starts at the latest, where that can be said: of the first that waits for limits. One that waits behind
   * it may be passed by others in later cycles that have no reservation yet.
   */
  reservedFrom(jobId: JobId): EpochMs | undefined {
    const [first] = this.#reserved;
    return first?.ask.jobId === jobId && first.isCertain ? first.fromMs : undefined;
  }

  /** The reservation that keeps a job from starting though it fits. */
  delayedBy(ask: Ask, quotas: Hold['quotas']): Obstacle | undefined {
    const delayed = this.#reserved.find((reservation) => delays(ask, quotas, reservation));
    if (delayed === undefined) return undefined;
    const { ask: { jobId }, fromMs, isCertain } = delayed;
    this.#passageRefused ||= fromMs === undefined;
    return { kind: 'reservation', jobId, ...(fromMs === undefined || !isCertain ? {} : { fromMs }) };
  }

  /** A job started: it will be over when a reservation begins, or is counted beside it. */
  started(ask: Ask, quotas: Hold['quotas']): void {
    for (const reservation of this.#reserved) if (!isOverBy(ask, reservation)) reservation.expected.charge(ask, quotas, 1);
    if (this.#releases === undefined) return;
    const release = this.#release(ask.leaf, ask.vector, quotas, ask.endsByMs);
    this.#releases.splice(positionOf(release.atMs, this.#releases), 0, release);
  }

  #releaseOf({ namespace, user, amounts, hold }: Holder): Release {
    return this.#release(this.#layout.leaves.get(leafId({ namespace, user })) ?? 0, vectorOf(amounts), hold.quotas, hold.endsByMs);
  }

  /** One whose bound is over, or that has none, may end any moment: to count on it early keeps others from passing, no more. */
  #release(leaf: number, vector: Vector, quotas: Hold['quotas'], endsByMs: number | undefined): Release {
    const isBounded = endsByMs !== undefined && endsByMs > this.#nowMs;
    return { leaf, vector, quotas, atMs: isBounded ? endsByMs : this.#nowMs, isBounded };
  }
}

/** Where limits are short: a node of the tree, or quotas. */
const placeOf = (verdict: Refusal): number | 'quotas' => (verdict.kind === 'tree' ? verdict.obstacle.node : 'quotas');

/** Behind all that are at most as late. */
function positionOf(atMs: number, releases: readonly Release[]): number {
  let low = 0;
  for (let high = releases.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((releases[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
