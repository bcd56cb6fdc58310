import { planCycle } from '../../core/scheduling/plan-cycle.ts';
import type { LaneKey } from '../../core/queue/lane.ts';
import type { LaneWindow, SchedulingSnapshot } from '../../core/scheduling/snapshot.ts';
import type { World } from './world.ts';

/** How many jobs of a lane are read at first; a lane that is used up is read so many times further. */
const WINDOW = 25;
const FURTHER = 4;

const laneId = ({ namespace, user, lane }: LaneKey): string => `${namespace}/${user}/${lane}`;

/** A cycle of the production planner over whole lanes. Answers how many jobs start. */
export function fillWithOurs({ lanes, uses, policy, nowMs }: World): number {
  return planCycle(snapshotOf(lanes, uses), policy, nowMs).admissions.length;
}

/** A cycle as the loop makes it: windows on the lanes, and more of those that the plan wants. */
export function cycleOfOurs({ lanes, uses, policy, nowMs }: World): number {
  const read = new Map<string, number>();
  for (;;) {
    const windows = lanes.map((lane) => windowOn(lane, read.get(laneId(lane)) ?? WINDOW));
    const { admissions, wants } = planCycle(snapshotOf(windows, uses), policy, nowMs);
    if (wants.lanes.length === 0) return admissions.length;
    for (const lane of wants.lanes) read.set(laneId(lane), (read.get(laneId(lane)) ?? WINDOW) * FURTHER);
  }
}

function windowOn(lane: LaneWindow, most: number): LaneWindow {
  return { namespace: lane.namespace, user: lane.user, lane: lane.lane, entries: lane.entries.slice(0, most), complete: lane.entries.length <= most };
}

function snapshotOf(lanes: readonly LaneWindow[], uses: World['uses']): SchedulingSnapshot {
  return { uses, lanes, parked: [], pauses: [], cooldowns: [], launching: 0 };
}
