import type { Deployment } from '../../core/deployment/deployment.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Lease, SchedulerOverview, SchedulerStore } from '../../core/ports/scheduler-store.ts';
import { afterReleases } from '../../core/scheduling/after-releases.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import { ROOM_EVERYWHERE, type RoomNote } from '../../core/scheduling/room-note.ts';
import { leafId } from '../../core/scheduling/share-nodes.ts';
import type { ShareUse, UsageBase } from '../../core/scheduling/snapshot.ts';
import { rebased, usageBase } from '../../core/scheduling/usage.ts';
import { schedulingPolicy } from './scheduling-policy.ts';

/** With so many ends there may be more of them: a look brings at most some hundreds. */
export const MANY_ENDS = 100;

export interface CountPorts {
  readonly store: Pick<SchedulerStore, 'overview' | 'replaceUses' | 'applyReleases'>;
  readonly clock: Clock;
  readonly deployment: Pick<Deployment, 'region' | 'subnets' | 'limits'>;
}

/** What a cycle begins with: everything but the queues, with all ends counted that were noted. */
export interface Counted extends Pick<SchedulerOverview, 'lanes' | 'parked' | 'pauses' | 'releases'> {
  readonly nowMs: EpochMs;
  readonly policy: SchedulingPolicy;
  readonly base: UsageBase;
  readonly uses: readonly ShareUse[];
  readonly room: RoomNote;
}

/**
 * Looks, and counts what ended since. What the counters are then is worked out, not read again: nobody else writes
 * them.
 */
export async function countEnds({ store, clock, deployment }: CountPorts, lease: Lease): Promise<Counted> {
  const { shares, uses: stored, lanes, room = ROOM_EVERYWHERE, parked, pauses, releases } = await store.overview();
  const nowMs = clock.now();
  const policy = schedulingPolicy(shares, deployment, lanes.length);
  const base = usageBase(nowMs, policy.shares.halfLifeSeconds * 1000);
  const moved = rebased(stored, nowMs, base);
  if (moved.length > 0) await store.replaceUses(lease, moved);
  if (releases.length > 0) await store.applyReleases(lease, releases, base);
  const byLeaf = new Map(moved.map((use) => [leafId(use), use]));
  const uses = afterReleases(stored.map((use) => byLeaf.get(leafId(use)) ?? use), releases);
  return { nowMs, policy, base, uses, lanes, room, parked, pauses, releases };
}
