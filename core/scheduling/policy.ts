import type { ShareTree } from '../shares/share-tree.ts';

/** By what rules a cycle decides. */
export interface SchedulingPolicy {
  /** `fair-share` is what a deployment runs; the others are there to be compared with. */
  readonly order: 'fair-share' | 'priority' | 'submission';
  /** Whether jobs may pass one that waits for limits, where they do not delay it. */
  readonly backfill: boolean;
  readonly shares: ShareTree;
  /** Jobs that the deployment lets hold limits at once, whatever the tree says. */
  readonly maxRunningJobs: number;
  /** Running jobs count in the fair share as if they went on for this long: an admission is charged at once. */
  readonly chargeAheadMs: number;
  /** Region, and subnet by zone: what cooldowns refer to. */
  readonly market: { readonly region: string; readonly subnets: Readonly<Record<string, string>> };
  /** Most jobs that one cycle starts. */
  readonly maxStarts: number;
  /** Most jobs of one lane, and of all together, that a cycle looks at and cannot start. */
  readonly lookahead: { readonly perLane: number; readonly inAll: number };
}
