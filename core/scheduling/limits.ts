import type { EpochMs, JobId } from '../job/ids.ts';
import type { Hold, PoolNeed } from '../job/job.ts';
import type { Vector } from './amounts.ts';
import type { QuotaState } from './quota-state.ts';
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

/** A job that holds limits, as a reservation sees it. */
export interface Release {
  readonly leaf: number;
  readonly vector: Vector;
  readonly quotas: Hold['quotas'];
  readonly atMs: number;
}

/** What limits say to a job: what it would hold of the quotas, or what is in its way. */
export type Verdict =
  | { readonly kind: 'fits'; readonly quotas: Hold['quotas'] }
  | { readonly kind: 'tree'; readonly obstacle: TreeObstacle }
  | { readonly kind: 'quota' };

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
  isHopeless({ leaf, vector, pools }: Ask): boolean {
    return this.tree.excess(leaf, vector) !== undefined || !this.quotas.hasRoomEver(pools);
  }

  charge({ leaf, vector }: Pick<Ask, 'leaf' | 'vector'>, quotas: Hold['quotas'], sign: 1 | -1): void {
    this.tree.charge(leaf, vector, sign);
    this.quotas.charge(quotas, sign);
  }
}

/** The limits that a job waits for, kept for it from a time on. */
export interface Reservation {
  readonly jobId: JobId;
  readonly fromMs: EpochMs;
  /** What will be held then, the job itself included. */
  readonly expected: Limits;
}

/**
 * The earliest time at which the job fits if everybody gives limits back as late as they may, and what will be held
 * then: the reservation of EASY backfill (Lifka, "The ANL/IBM SP scheduling system", 1995). `undefined` where it does
 * not fit even when all of these are over. `releases` are sorted by time.
 */
export function reserve(ask: Ask, now: Limits, releases: readonly Release[]): Reservation | undefined {
  const expected = now.copy();
  for (const [i, release] of releases.entries()) {
    expected.charge(release, release.quotas, -1);
    if (releases[i + 1]?.atMs === release.atMs) continue;
    const verdict = expected.verdict(ask);
    if (verdict.kind !== 'fits') continue;
    expected.charge(ask, verdict.quotas, 1);
    return { jobId: ask.jobId, fromMs: release.atMs as EpochMs, expected };
  }
  return undefined;
}

/** Whether the job, if it starts now and holds `quotas`, is in the way of a reservation: neither over by then nor fitting beside. */
export function delays(ask: Ask, quotas: Hold['quotas'], { fromMs, expected }: Reservation): boolean {
  if (isOverBy(ask, fromMs)) return false;
  return expected.tree.obstacle(ask.leaf, ask.vector) !== undefined || !expected.quotas.hasRoom(quotas);
}

/** Whether the job is over when the reservation begins. */
export const isOverBy = ({ endsByMs }: Ask, fromMs: EpochMs): boolean => endsByMs !== undefined && endsByMs <= fromMs;
