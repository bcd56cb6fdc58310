import { epochMs, type EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import { contestOrders } from './contest-order.ts';
import { Contest } from './contest.ts';
import { layOutCycle } from './cycle-layout.ts';
import { isDue } from './parked-turn.ts';
import type { SchedulingPolicy } from './policy.ts';
import type { SchedulingSnapshot } from './snapshot.ts';
import { usageBase, usageBetween } from './usage.ts';

/** Waiting jobs in their order. */
export interface OrderOfWaiting {
  readonly entries: readonly QueueEntry[];
  /** Whether there are no more. */
  readonly complete: boolean;
}

/**
 * The order in which waiting jobs, and parked ones that are due, would start if there were room for each: the
 * scheduler's own contest, every start charged. At most `most`, and only as far as the windows tell.
 */
export function orderOfWaiting(snapshot: SchedulingSnapshot, policy: SchedulingPolicy, nowMs: EpochMs, most: number): OrderOfWaiting {
  const order = contestOrders[policy.order];
  const base = usageBase(nowMs, policy.shares.halfLifeSeconds * 1000);
  const aheadMs = epochMs(nowMs + policy.chargeAheadMs);
  const layout = layOutCycle(snapshot, policy, { compare: order.compare, isEligible: () => true, wantsTurn: (entry) => isDue(entry, snapshot.cooldowns, nowMs), nowMs, aheadMs, base });
  const contest = new Contest(layout, order, nowMs);
  const usagePerRate = usageBetween(1, nowMs, aheadMs, base);
  const entries: QueueEntry[] = [];
  for (let leaf = contest.best(); leaf !== undefined; leaf = contest.best()) {
    const queue = layout.queues.get(leaf);
    if (entries.length >= most || queue?.head === undefined) return { entries, complete: false };
    entries.push(queue.head);
    layout.use(leaf, queue.head.demand.microUsdPerHour * usagePerRate);
    queue.take();
    // What comes next in that lane is not known.
    if (queue.usedUp().length > 0) return { entries, complete: false };
    contest.update(leaf);
  }
  return { entries, complete: true };
}
