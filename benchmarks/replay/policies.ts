import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { byRank } from '../../core/queue/order.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
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

/**
 * The rules of a contender over a load's machine. As in production, but that nothing limits launches: a simulated
 * machine is there at once.
 */
export function policyOf({ order, backfill }: Contender, { shares, capacity }: Load): SchedulingPolicy {
  // Where the machine is the only limit and nobody passes, nothing starts behind the first job that has no room.
  const isLineOfOne = !backfill && shares.groups.length === 0 && shares.namespaces.length === 0;
  return {
    order, backfill,
    shares: { ...shares, limits: { ...shares.limits, nodes: Math.min(capacity, shares.limits.nodes ?? capacity) }, maxLaunchesInFlight: Number.MAX_SAFE_INTEGER },
    maxRunningJobs: Number.MAX_SAFE_INTEGER,
    chargeAheadMs: 3_600_000,
    market: { region: 'us-east-1', subnets: {} },
    maxStarts: 1000,
    lookahead: { perLane: 100, inAll: isLineOfOne ? 1 : 5000 },
  };
}

const bySubmission = (a: QueueEntry, b: QueueEntry): number => a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : 1);

/** The order in which a lane is kept: by rank in production, and so that the scheduler sees its front in the other orders. */
export const laneOrders: Readonly<Record<SchedulingPolicy['order'], (a: QueueEntry, b: QueueEntry) => number>> = {
  'fair-share': byRank,
  priority: (a, b) => b.priority - a.priority || bySubmission(a, b),
  submission: bySubmission,
};
