import type { ParkedEntry } from '../../../core/lifecycle/change.ts';
import type { QueueSeen } from '../../../core/metrics/of-cycle.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { LaneNotes } from '../../../core/scheduling/lane-notes.ts';
import type { ActiveLane, LaneWindow } from '../../../core/scheduling/snapshot.ts';
import { laneId } from '../../../core/scheduling/share-nodes.ts';
import { spentLeaves } from '../../../core/scheduling/spent-leaves.ts';
import { WaitedNotes } from '../../../core/scheduling/waited.ts';
import { countEnds, MANY_ENDS, type Counted, type CountPorts } from '../count-ends.ts';
import { applyPlan, type Applied, type ApplyPorts } from './apply-plan.ts';
import { readLaunches, type Launches } from './launches.ts';
import { candidates, planQueue, type Planned, type PlanPorts } from './plan-queue.ts';
import { answerTurns, startExecutions, type StartPorts } from './start-executions.ts';
import { isNoted, tendNotes, tendWaits, type WaitPorts } from './tend-waits.ts';

export type CyclePorts = CountPorts & PlanPorts & ApplyPorts & StartPorts & WaitPorts & { readonly store: Pick<SchedulerStore, 'forgetLanes' | 'forgetUses'> };

/** What a cycle did. */
export interface CycleCounts {
  readonly admitted: number;
  readonly turns: number;
  readonly released: number;
  /** Jobs that were given up, since there was no capacity in their time. */
  readonly givenUp: number;
}

/** What a cycle did, and what is to be done after it. */
export interface Cycle extends CycleCounts {
  readonly lease: Lease;
  /** `later`: jobs wait for nothing but that others find their machines, or that there are some, which nobody announces. */
  readonly next: 'done' | 'again' | 'later';
  readonly seen: QueueSeen;
}

/** Leaves that a cycle forgets: the writes are no part of its work. */
const MOST_FORGOTTEN = 25;
/** A turn whose token was not answered, because its scheduler died, is answered again after this long. */
const TURN_ANSWER_MS = 10_000;

/**
 * One cycle: look, count what ended, plan, apply. It may die anywhere: what it wrote is whole, and what it did not do
 * the next cycle finds to be done.
 *
 * @param told tokens of turns that were answered under this lease.
 */
export async function runCycle(ports: CyclePorts, held: Lease, told: Set<string>): Promise<Cycle> {
  const counted = await countEnds(ports, held);
  const released = counted.releases.length;
  const open = candidates(counted);
  const wanted = open.turns || open.lanes.length > 0;
  const asks = isNoted(counted) || (wanted && isFull(held, counted));
  const launches: Launches = asks ? await readLaunches(ports.jobs, held) : { lease: held, seekers: [] };
  const { lease } = launches;
  const late = unanswered(counted, told);
  if (!wanted || isFull(lease, counted)) {
    await tell(ports, late, told);
    await tendNotes(ports, launches, counted, open);
    await forget(ports, lease, counted, []);
    const seen = { ...counted, windows: [], admitted: [], turns: [] };
    return { lease, admitted: 0, turns: 0, released, givenUp: 0, seen, next: released >= MANY_ENDS ? 'again' : wanted ? 'later' : 'done' };
  }
  const planned = await planQueue(ports, launches, counted, open);
  const applied = await applyPlan(ports, lease, planned.plan, counted.base, waitsOf(counted));
  await startExecutions(ports, applied.admitted);
  await tell(ports, [...applied.turns, ...late], told);
  const givenUp = await tendWaits(ports, applied.lease, counted, planned, open);
  await forget(ports, applied.lease, counted, planned.windows);
  // Behind those that were given up stand others.
  const next = givenUp > 0 ? 'again' : whatNext(planned, counted, applied);
  const seen = { ...counted, ...applied, windows: planned.windows };
  return { lease: applied.lease, admitted: applied.admitted.length, turns: applied.turns.length, released, givenUp, next, seen };
}

function waitsOf({ lanes, room, policy: { shares } }: Counted): Parameters<typeof applyPlan>[4] {
  const [held, waited] = [new LaneNotes(lanes, room, shares), new WaitedNotes(lanes, room, shares)];
  return (entry, nowMs) => ({ heldSinceMs: held.heldSince(entry), waited: waited.of(entry, nowMs) });
}

const isFull = ({ launching }: Lease, { policy }: Counted): boolean => launching.length >= policy.shares.maxLaunchesInFlight;

function whatNext({ plan }: Planned, counted: Counted, { lease, admitted, turns }: Applied): Cycle['next'] {
  const planned = plan.admissions.length + plan.turns.length;
  const isHeldBy = (kind: 'cycle' | 'launches' | 'probe'): boolean => plan.waiting.some(({ obstacle }) => obstacle.kind === kind);
  // Room that was given to jobs which changed meanwhile is for others.
  if (counted.releases.length >= MANY_ENDS || admitted.length + turns.length < planned) return 'again';
  const isCut = planned >= counted.policy.maxStarts || isFull(lease, counted) || isHeldBy('cycle') || plan.wants.lanes.length > 0;
  if (planned > 0 && isCut) return 'again';
  return isHeldBy('launches') || isHeldBy('probe') ? 'later' : 'done';
}

function unanswered({ parked, nowMs }: Counted, told: ReadonlySet<string>): readonly ParkedEntry[] {
  return parked.filter(({ hold, token }) => hold !== undefined && nowMs - hold.sinceMs > TURN_ANSWER_MS && !told.has(token));
}

async function tell(ports: CyclePorts, turns: readonly ParkedEntry[], told: Set<string>): Promise<void> {
  await answerTurns(ports, turns);
  for (const { token } of turns) told.add(token);
}

/** Lanes that nobody waits in, and leaves that have long had no job, are not looked at for ever. */
async function forget({ store }: CyclePorts, lease: Lease, counted: Counted, windows: readonly LaneWindow[]): Promise<void> {
  const { lanes, nowMs } = counted;
  const empty = new Set(windows.flatMap((window) => (window.complete && window.entries.length === 0 ? [laneId(window)] : [])));
  const idle: readonly ActiveLane[] = lanes.filter((lane) => lane.pending <= 0 || empty.has(laneId(lane)));
  if (idle.length > 0) await store.forgetLanes(lease, idle, nowMs);
  const spent = spentLeaves(counted).slice(0, MOST_FORGOTTEN);
  if (spent.length > 0) await store.forgetUses(lease, spent);
}
