import { LONGEST_COOLDOWN_MS } from '../../../core/capacity/cooldown.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { QueueEntry } from '../../../core/lifecycle/change.ts';
import { giveUp, queueTimeoutReason } from '../../../core/lifecycle/give-up.ts';
import type { CooldownStore } from '../../../core/ports/capacity-provider.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { capacityWaits, type CapacityWaits, type Found } from '../../../core/scheduling/capacity-waits.ts';
import { deadSeekers, usesWithout } from '../../../core/scheduling/dead-seekers.ts';
import type { Seeker } from '../../../core/scheduling/plan.ts';
import { closures } from '../../../core/scheduling/room.ts';
import type { CycleLook } from '../../../core/scheduling/seen-waits.ts';
import { laneId } from '../../../core/scheduling/share-nodes.ts';
import { nextWaitNotes, together } from '../../../core/scheduling/wait-notes.ts';
import { WaitedNotes } from '../../../core/scheduling/waited.ts';
import { logFailure } from '../../runtime/telemetry.ts';
import type { Counted } from '../count-ends.ts';
import type { Launches } from './launches.ts';
import { nothingPlanned, type Candidates, type Planned } from './plan-queue.ts';
import { eachOf } from './start-executions.ts';

export interface WaitPorts {
  readonly store: Pick<SchedulerStore, 'noteLanes' | 'noteRoom'>;
  readonly jobs: Pick<JobStore, 'get' | 'commit'>;
  readonly cooldowns: Pick<CooldownStore, 'active'>;
  readonly clock: Clock;
}

/** Jobs that one cycle gives up. */
const MOST_GIVEN_UP = 100;

/** Notes why jobs wait and who is held back for capacity alone, and gives those up whose time is over. Answers how many. */
export async function tendWaits(ports: WaitPorts, lease: Lease, counted: Counted, { plan, windows, cooldowns, deadSeekers: dead }: Planned, { closureOf }: Candidates): Promise<number> {
  const { over, ...waits } = waitsIn(counted, { plan, windows }, dead);
  const look = { plan, windows, closureOf, pauses: counted.pauses, isFullOfLaunches: false };
  await note(ports, lease, counted, waits, look);
  let givenUp = 0;
  const notes = new WaitedNotes(counted.lanes, counted.room, counted.policy.shares);
  const giveUpOne = async ({ entry, sinceMs }: (typeof over)[number]): Promise<void> => {
    let waited = false;
    await changeJob(ports.jobs, entry.jobId, (job) => {
      waited = stillWaits(job, entry);
      const nowMs = ports.clock.now();
      return waited ? giveUp(job, queueTimeoutReason(job, sinceMs, cooldowns, counted.policy.market), nowMs, notes.of(entry, nowMs)) : undefined;
    });
    if (waited) givenUp += 1;
  };
  // Each leaves its lane's count with it: of one lane, those that leave at once would be in each other's way.
  const byLane = Map.groupBy(over.slice(0, MOST_GIVEN_UP), ({ entry }) => laneId(entry));
  await eachOf('given up', [...byLane.values()], (jobs) => eachOf('given up', jobs.map((job) => ({ ...job, jobId: job.entry.jobId })), giveUpOne, 1));
  return givenUp;
}

/** It was not cancelled since, nor given up. */
function stillWaits(job: Job, { queuedAtMs }: QueueEntry): boolean {
  return job.state === 'PENDING' && job.queuedAtMs === queuedAtMs;
}

/** In a cycle that plans nothing: lanes without room are held back for that. Of the others nothing new is known but that too many look for machines. */
export async function tendNotes(ports: WaitPorts, { lease, seekers }: Launches, counted: Counted, { closureOf, lanes }: Candidates): Promise<void> {
  const { policy, pauses, nowMs } = counted;
  const nothing = { plan: nothingPlanned, windows: [] };
  const look = { ...nothing, closureOf, pauses, isFullOfLaunches: lanes.length > 0 };
  if (!isNoted(counted)) return note(ports, lease, counted, { notes: [] }, look);
  const cooldowns = seekers.length === 0 ? [] : await ports.cooldowns.active(epochMs(nowMs - LONGEST_COOLDOWN_MS));
  await note(ports, lease, counted, waitsIn(counted, nothing, deadSeekers(seekers, cooldowns, policy.market, nowMs)), look);
}

/** Whether anybody is noted as held back. */
export function isNoted({ lanes }: Pick<Counted, 'lanes'>): boolean {
  return lanes.some(({ heldSince }) => heldSince !== undefined);
}

function waitsIn({ lanes, room, uses, pauses, policy, nowMs }: Counted, found: Omit<Found, 'closureOf'>, dead: readonly Seeker[]): CapacityWaits {
  const closureOf = isNoted({ lanes }) ? closures(lanes, usesWithout(dead, uses), pauses, policy) : () => undefined;
  return capacityWaits({ ...found, closureOf }, { lanes, room, shares: policy.shares }, nowMs);
}

/** Lanes first: that a place has room again matters to what is noted of them. Where nothing but reasons are to be noted, a cycle does without. */
async function note({ store }: WaitPorts, lease: Lease, { lanes, room, policy: { shares }, nowMs }: Counted, waits: Omit<CapacityWaits, 'over'>, look: CycleLook): Promise<void> {
  const { counted, alone } = together(waits, nextWaitNotes(look, { lanes, told: room.told, shares }, nowMs), room);
  const write = async (written: typeof counted): Promise<void> => {
    if (written.lanes.length > 0) await store.noteLanes(lease, written.lanes);
    if (written.room !== undefined) await store.noteRoom(lease, written.room);
  };
  await write(counted);
  await write(alone).catch((error: unknown) => logFailure('Why jobs wait could not be noted', error));
}
