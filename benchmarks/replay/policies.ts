import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { byRank } from '../../core/queue/order.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import type { ShareTree } from '../../core/shares/share-tree.ts';
import { schedulingPolicy } from '../../lambdas/queue/scheduling-policy.ts';
import type { Load } from './load.ts';

/** A way to schedule that is compared with others. */
export interface Contender {
  readonly name: string;
  readonly order: SchedulingPolicy['order'];
  readonly backfill: boolean;
}

/** All that a replay compares: `fair-share+backfill` is what a deployment runs. */
export const contenders = [
  { name: 'fifo', order: 'submission', backfill: false },
  { name: 'fifo+backfill', order: 'submission', backfill: true },
  { name: 'priority', order: 'priority', backfill: false },
  { name: 'priority+backfill', order: 'priority', backfill: true },
  { name: 'fair-share', order: 'fair-share', backfill: false },
  { name: 'fair-share+backfill', order: 'fair-share', backfill: true },
] as const satisfies readonly Contender[];

/** Nothing but the load's own limits counts: a simulated machine is there at once, so launches are not limited either. */
const deployment = {
  region: 'us-east-1', subnets: {}, limits: { maxRunningJobs: Number.MAX_SAFE_INTEGER, maxNodesPerJob: Number.MAX_SAFE_INTEGER, maxReplacementsPerAttempt: 0 },
} as const;

/** Whether the machine is the only limit: no share has one of its own. */
export const isOneMachine = ({ groups, namespaces }: ShareTree): boolean => groups.length === 0 && namespaces.length === 0;

/**
 * The rules of a contender over a load's machine: those of production, but for the order and backfill.
 *
 * @param lanes how many lanes have jobs
 */
export function policyOf({ order, backfill }: Contender, { shares, capacity }: Load, lanes = 1): SchedulingPolicy {
  const production = schedulingPolicy(undefined, deployment, lanes);
  // Where the machine is the only limit and nobody passes, nothing starts behind the first job that has no room.
  const lookahead = !backfill && isOneMachine(shares) ? { ...production.lookahead, inAll: 1 } : production.lookahead;
  const limits = { ...shares.limits, nodes: Math.min(capacity, shares.limits.nodes ?? capacity) };
  return { ...production, order, backfill, lookahead, shares: { ...shares, limits, maxLaunchesInFlight: Number.MAX_SAFE_INTEGER } };
}

const bySubmission = (a: QueueEntry, b: QueueEntry): number => a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : 1);

/** The order in which a lane is kept: by rank in production, and so that the scheduler sees its front in the other orders. */
export const laneOrders: Readonly<Record<SchedulingPolicy['order'], (a: QueueEntry, b: QueueEntry) => number>> = {
  'fair-share': byRank,
  priority: (a, b) => b.priority - a.priority || bySubmission(a, b),
  submission: bySubmission,
};
