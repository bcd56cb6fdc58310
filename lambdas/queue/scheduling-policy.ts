import type { Deployment } from '../../core/deployment/deployment.ts';
import { lookaheadFor } from '../../core/scheduling/lookahead.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import { defaultShareTree, type CurrentShares } from '../../core/shares/share-tree.ts';

/** Usage is charged at admission as if a job went on for an hour. */
const CHARGE_AHEAD_MS = 3_600_000;
/** A cycle with more starts would last longer than half of the lease. */
const MAX_STARTS = 100;

/**
 * By what rules the deployment schedules: the applied share tree, or every namespace alike.
 *
 * @param lanes how many lanes have jobs
 */
export function schedulingPolicy(
  shares: CurrentShares | undefined,
  { region, subnets, limits }: Pick<Deployment, 'region' | 'subnets' | 'limits'>,
  lanes: number,
): SchedulingPolicy {
  return {
    order: 'fair-share',
    backfill: true,
    shares: shares?.tree ?? defaultShareTree,
    maxRunningJobs: limits.maxRunningJobs,
    chargeAheadMs: CHARGE_AHEAD_MS,
    market: { region, subnets },
    maxStarts: MAX_STARTS,
    lookahead: lookaheadFor(lanes),
  };
}
