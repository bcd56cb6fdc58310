import { epochMs, type EpochMs, type JobId } from '../job/ids.ts';
import type { Hold, PoolNeed } from '../job/job.ts';
import type { Vector } from './amounts.ts';
import { quotasAskedBy, type QuotaState } from './quota-state.ts';
import type { TreeObstacle, TreeState } from './tree-state.ts';

/** A job as limits see it. */
export interface Ask {
  readonly jobId: JobId;
  readonly leaf: number;
  readonly vector: Vector;
  readonly pools: readonly PoolNeed[];
  /** When it gives back what it gets now; absent: nobody knows. */
  readonly endsByMs?: number;
}

/** Limits that come free. */
export interface Release {
  readonly leaf: number;
  readonly vector: Vector;
  readonly quotas: Hold['quotas'];
  readonly atMs: number;
  /** Whether they do by then for certain, or nobody knows when. */
  readonly isBounded: boolean;
}

/** What limits say to a job: what it would hold of the quotas, or what is in its way. */
export type Verdict =
  | { readonly kind: 'fits'; readonly quotas: Hold['quotas'] }
  | { readonly kind: 'tree'; readonly obstacle: TreeObstacle }
  | { readonly kind: 'quota' };

export type Refusal = Exclude<Verdict, { kind: 'fits' }>;

/** Everything that is held, at one moment: now, or when a reservation begins. */
export class Limits {
  readonly tree: TreeState;
  readonly quotas: QuotaState;

  constructor(tree: TreeState, quotas: QuotaState) {
    this.tree = tree;
    this.quotas = quotas;
  }

  copy(): Limits {
    return new Limits(this.tree.copy(), this.quotas.copy());
  }

  verdict({ leaf, vector, pools }: Pick<Ask, 'leaf' | 'vector' | 'pools'>): Verdict {
    const obstacle = this.tree.obstacle(leaf, vector);
    if (obstacle !== undefined) return { kind: 'tree', obstacle };
    const quotas = this.quotas.room(pools);
    return quotas === undefined ? { kind: 'quota' } : { kind: 'fits', quotas };
  }

  /** Whether the job would not fit even if it were alone. */
  isHopeless({ leaf, vector, pools }: Pick<Ask, 'leaf' | 'vector' | 'pools'>): boolean {
    return this.tree.excess(leaf, vector) !== undefined || !this.quotas.hasRoomEver(pools);
  }

  charge({ leaf, vector }: Pick<Ask, 'leaf' | 'vector'>, quotas: Hold['quotas'], sign: 1 | -1): void {
    this.tree.charge(leaf, vector, sign);
    this.quotas.charge(quotas, sign);
  }
}

/** Limits that are kept for a job that waits for them. */
export interface Reservation {
  readonly ask: Ask;
  readonly quotas: Hold['quotas'];
  /** From when on; absent: nobody knows when they come free. */
  readonly fromMs?: EpochMs;
  /** Whether the job starts then at the latest: everything counted on is bounded. */
  readonly isCertain: boolean;
  /** What will be held then, the job itself included. */
  readonly expected: Limits;
}

/**
 * The earliest time at which the job fits if everybody gives limits back as late as they may: the reservation of EASY
 * backfill (Lifka, "The ANL/IBM SP Scheduling System", 1995). Who has no bound may be gone at once, so the time does not
 * wait for them, and may be there still, so `expected` has them. `undefined` where the job does not fit even when all
 * are gone.
 *
 * @param now what is held, with the jobs that were reserved for before
 * @param releases sorted by time
 */
export function reserve(ask: Ask, now: Limits, releases: readonly Release[]): Reservation | undefined {
  const expected = now.copy();
  const last = releases.findIndex((release, i) => {
    expected.charge(release, release.quotas, -1);
    return releases[i + 1]?.atMs !== release.atMs && expected.verdict(ask).kind === 'fits';
  });
  const fromMs = releases[last]?.atMs;
  if (fromMs === undefined) return undefined;
  for (const release of releases.slice(0, last + 1)) if (!release.isBounded) expected.charge(release, release.quotas, 1);
  const verdict = expected.verdict(ask);
  const quotas = verdict.kind === 'fits' ? verdict.quotas : quotasAskedBy(ask.pools);
  expected.charge(ask, quotas, 1);
  return { ask, quotas, fromMs: epochMs(fromMs), isCertain: verdict.kind === 'fits', expected };
}

/** The same where it is not known when limits come free: whoever does not fit beside the job does not pass it. */
export function reserveBlindly(ask: Ask, now: Limits): Reservation {
  const expected = now.copy();
  const quotas = quotasAskedBy(ask.pools);
  expected.charge(ask, quotas, 1);
  return { ask, quotas, isCertain: false, expected };
}

/** Whether the job, if it starts now and holds `quotas`, is in the way of a reservation: neither over by then nor fitting beside. */
export function delays(ask: Ask, quotas: Hold['quotas'], reservation: Reservation): boolean {
  if (isOverBy(ask, reservation)) return false;
  const { tree, quotas: counted } = reservation.expected;
  return tree.isCrowdedBy(ask.leaf, ask.vector) || !counted.hasRoom(quotas);
}

/** Whether the job is over when the reservation begins. */
export function isOverBy({ endsByMs }: Ask, { fromMs }: Reservation): boolean {
  return endsByMs !== undefined && fromMs !== undefined && endsByMs <= fromMs;
}
