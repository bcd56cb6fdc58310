import type { Deployment } from '../../core/deployment/deployment.ts';
import { LONGEST_COOLDOWN_MS } from '../../core/capacity/cooldown.ts';
import { epochMs, type EpochMs, type JobId } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CooldownStore } from '../../core/ports/capacity-provider.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { SchedulerStore } from '../../core/ports/scheduler-store.ts';
import type { LeafKey } from '../../core/queue/lane.ts';
import { afterReleases } from '../../core/scheduling/after-releases.ts';
import { LaneNotes } from '../../core/scheduling/lane-notes.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import { ROOM_EVERYWHERE } from '../../core/scheduling/room-note.ts';
import { leafId } from '../../core/scheduling/share-nodes.ts';
import type { ActiveLane, LaneCount, LaneWindow, SchedulingSnapshot, ShareUse } from '../../core/scheduling/snapshot.ts';
import { usageAt, usageBase } from '../../core/scheduling/usage.ts';
import { schedulingPolicy } from './scheduling-policy.ts';

export interface QueueReaderPorts {
  readonly scheduler: Pick<SchedulerStore, 'overview' | 'window' | 'launching'>;
  readonly jobs: Pick<JobStore, 'peek'>;
  readonly cooldowns: Pick<CooldownStore, 'active'>;
  readonly deployment: Pick<Deployment, 'region' | 'subnets' | 'limits'>;
  readonly clock: Clock;
}

/** The queue as the scheduler sees it, for somebody who only looks: nothing is written, and no lease is needed. */
export interface QueueLook {
  readonly nowMs: EpochMs;
  readonly policy: SchedulingPolicy;
  /** Lanes that may have jobs. */
  readonly active: readonly ActiveLane[];
  /** What is noted of them, and of places that they share. */
  readonly notes: LaneNotes;
  /** Without windows. Ends that the scheduler has not counted yet are counted; cooldowns that ended a short while ago are there too. */
  readonly snapshot: SchedulingSnapshot;
}

/** Windows that are read at once. */
const READS_AT_ONCE = 32;
/** Jobs of a lane that are looked at for one answer: more than a cycle reads at first, since it reads on where that is not enough. */
export const FRONT_DEPTH = 25;
/** Lanes that are read for one answer: there may be thousands. */
const MOST_LANES = 256;

/**
 * Reads all that a cycle looks at but for the queues themselves.
 *
 * @param options `exact`: count the launches in flight even where it makes no difference to a plan.
 */
export async function readQueue(ports: QueueReaderPorts, options: { readonly exact?: boolean } = {}): Promise<QueueLook> {
  const { scheduler, cooldowns, deployment, clock } = ports;
  const nowMs = clock.now();
  const [overview, cooling, listed] = await Promise.all([scheduler.overview(), cooldowns.active(epochMs(nowMs - LONGEST_COOLDOWN_MS)), scheduler.launching()]);
  const { shares, uses, lanes, room = ROOM_EVERYWHERE, parked, releases, pauses } = overview;
  const policy = schedulingPolicy(shares, deployment, lanes.length);
  const launching = options.exact === true || listed.length >= policy.shares.maxLaunchesInFlight ? await countLaunching(ports, listed) : listed.length;
  return {
    nowMs,
    policy,
    active: lanes.filter(({ pending }) => pending > 0),
    notes: new LaneNotes(lanes, room, policy.shares),
    snapshot: { uses: afterReleases(uses, releases), lanes: [], parked, pauses, cooldowns: cooling, launching },
  };
}

/** The list is pruned only when it is full: jobs of it that look for machines no longer do not count. */
async function countLaunching({ jobs }: Pick<QueueReaderPorts, 'jobs'>, listed: readonly JobId[]): Promise<number> {
  const found = await Promise.all(listed.map((jobId) => jobs.peek(jobId)));
  return found.filter((job) => job?.state === 'ACQUIRING_CAPACITY' && job.hold !== undefined).length;
}

/** The fronts of lanes, and whether there were more lanes than are read. */
export interface Fronts {
  readonly windows: readonly LaneWindow[];
  readonly isPartial: boolean;
}

/** The fronts of the lanes; where there are too many, of those of `first` and then of who has used least. */
export async function readFronts(scheduler: Pick<SchedulerStore, 'window'>, { active, snapshot, policy, nowMs }: QueueLook, depth: number, first?: LeafKey): Promise<Fronts> {
  const lanes = active.length <= MOST_LANES ? active : mostUrgent(active, snapshot.uses, policy, nowMs, first).slice(0, MOST_LANES);
  const windows: LaneWindow[] = [];
  for (let from = 0; from < lanes.length; from += READS_AT_ONCE) {
    windows.push(...(await Promise.all(lanes.slice(from, from + READS_AT_ONCE).map((lane) => scheduler.window(lane, depth)))));
  }
  return { windows, isPartial: lanes.length < active.length };
}

function mostUrgent(lanes: readonly LaneCount[], uses: readonly ShareUse[], policy: SchedulingPolicy, nowMs: EpochMs, first: LeafKey | undefined): readonly LaneCount[] {
  const base = usageBase(nowMs, policy.shares.halfLifeSeconds * 1000);
  const used = new Map(uses.map((use) => [leafId(use), usageAt(use, nowMs, base)]));
  if (first !== undefined) used.set(leafId(first), -1);
  return lanes.toSorted((a, b) => (used.get(leafId(a)) ?? 0) - (used.get(leafId(b)) ?? 0));
}
