import type { LaneKey } from '../../core/queue/lane.ts';
import { planCycle } from '../../core/scheduling/plan-cycle.ts';
import { mayStart } from '../../core/scheduling/room.ts';
import { laneId } from '../../core/scheduling/share-nodes.ts';
import type { LaneWindow, SchedulingSnapshot } from '../../core/scheduling/snapshot.ts';
import type { World } from './world.ts';

/** As the loop on AWS reads: so many jobs of each lane at first, so many times more of a lane that was used up, so many in all. */
const FIRST = 10;
const GROWTH = 4;
const MOST_IN_ALL = 20_000;
const MOST_ROUNDS = 8;

/** A cycle of the production planner over whole lanes. Answers how many jobs start. */
export function fillWithOurs({ lanes, uses, policy, nowMs }: World): number {
  return planCycle(snapshotOf(lanes, uses), policy, nowMs).admissions.length;
}

/** A cycle as the loop makes it: the fronts of lanes that have room, and more of those that the plan wants. */
export function cycleOfOurs({ lanes, uses, policy, nowMs }: World): number {
  const open = lanes.filter(mayStart(lanes, uses, [], policy));
  if (open.length === 0) return 0;
  const windows = new Windows(open);
  for (let round = 1; ; round += 1) {
    const { admissions, wants } = planCycle(snapshotOf(windows.all, uses), policy, nowMs);
    if (!windows.readOn(wants.lanes) || round === MOST_ROUNDS) return admissions.length;
  }
}

/** Windows on lanes that are whole in memory. */
class Windows {
  readonly #lanes: ReadonlyMap<string, LaneWindow>;
  readonly #windows = new Map<string, LaneWindow>();
  #read = 0;

  constructor(lanes: readonly LaneWindow[]) {
    this.#lanes = new Map(lanes.map((lane) => [laneId(lane), lane]));
    const first = Math.min(FIRST, Math.max(1, Math.floor(MOST_IN_ALL / lanes.length)));
    for (const lane of lanes) this.#open(lane, first);
  }

  get all(): readonly LaneWindow[] {
    return [...this.#windows.values()];
  }

  /** Answers whether there was more. */
  readOn(lanes: readonly LaneKey[]): boolean {
    const before = this.#read;
    for (const key of lanes) {
      const id = laneId(key);
      const lane = this.#lanes.get(id);
      const { length } = this.#windows.get(id)?.entries ?? [];
      if (lane !== undefined && length < lane.entries.length) this.#open(lane, Math.min(length * GROWTH, length + MOST_IN_ALL - this.#read));
    }
    return this.#read > before;
  }

  #open({ namespace, user, lane, entries }: LaneWindow, most: number): void {
    const id = laneId({ namespace, user, lane });
    const front = entries.slice(0, most);
    this.#read += front.length - (this.#windows.get(id)?.entries.length ?? 0);
    this.#windows.set(id, { namespace, user, lane, entries: front, complete: front.length === entries.length });
  }
}

function snapshotOf(lanes: readonly LaneWindow[], uses: World['uses']): SchedulingSnapshot {
  return { uses, lanes, parked: [], pauses: [], cooldowns: [], launching: 0 };
}
