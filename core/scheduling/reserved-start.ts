import { epochMs, type EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import { vectorOf } from './amounts.ts';
import { contestOrders } from './contest-order.ts';
import { layOutCycle } from './cycle-layout.ts';
import { Eligibility } from './eligibility.ts';
import { orderOfWaiting } from './order-of-waiting.ts';
import type { SchedulingPolicy } from './policy.ts';
import { Reservations } from './reservations.ts';
import { leafId } from './share-nodes.ts';
import type { SchedulingSnapshot } from './snapshot.ts';
import { usageBase } from './usage.ts';

/**
 * From when on limits are reserved for the job that comes first of all, where nothing can start now: a cycle that finds
 * the deployment full reserves nothing, since nobody could pass. `undefined` for any other job, and where it is not
 * known when limits come back.
 */
export function reservedStart(entry: QueueEntry, snapshot: SchedulingSnapshot, policy: SchedulingPolicy, nowMs: EpochMs): EpochMs | undefined {
  if (snapshot.holders === undefined || orderOfWaiting(snapshot, policy, nowMs, 1).entries[0]?.jobId !== entry.jobId) return undefined;
  const eligibility = new Eligibility(snapshot, policy, nowMs);
  const layout = layOutCycle(snapshot, policy, {
    compare: contestOrders[policy.order].compare,
    isEligible: (each) => eligibility.obstacle(each) === undefined,
    wantsTurn: (each) => eligibility.wantsTurn(each),
    nowMs,
    aheadMs: epochMs(nowMs + policy.chargeAheadMs),
    base: usageBase(nowMs, policy.shares.halfLifeSeconds * 1000),
  });
  const ask = { jobId: entry.jobId, leaf: layout.leaves.get(leafId(entry)) ?? 0, vector: vectorOf(entry.demand), pools: entry.demand.pools };
  const verdict = layout.limits.verdict(ask);
  if (verdict.kind === 'fits') return undefined;
  const reservations = new Reservations(layout, snapshot.holders, true, nowMs);
  reservations.add(ask, verdict);
  return reservations.reservedFrom(entry.jobId);
}
