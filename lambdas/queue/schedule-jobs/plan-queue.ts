import { LONGEST_COOLDOWN_MS } from '../../../core/capacity/cooldown.ts';
import type { Cooldown } from '../../../core/capacity/offering.ts';
import { epochMs } from '../../../core/job/ids.ts';
import { deadSeekers } from '../../../core/scheduling/dead-seekers.ts';
import { mayBeDue } from '../../../core/scheduling/parked-turn.ts';
import type { SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { CooldownStore } from '../../../core/ports/capacity-provider.ts';
import type { LaneKey, LeafKey } from '../../../core/queue/lane.ts';
import { planCycle } from '../../../core/scheduling/plan-cycle.ts';
import type { CyclePlan, Seeker } from '../../../core/scheduling/plan.ts';
import { closures, type Closure } from '../../../core/scheduling/room.ts';
import type { ActiveLane, Holder, LaneWindow } from '../../../core/scheduling/snapshot.ts';
import type { Counted } from '../count-ends.ts';
import { readHolders, type HolderPorts } from '../read-holders.ts';
import { LaneWindows } from './lane-windows.ts';
import type { Launches } from './launches.ts';

export interface PlanPorts extends HolderPorts {
  readonly store: Pick<SchedulerStore, 'window'>;
  readonly cooldowns: Pick<CooldownStore, 'active'>;
}

/** What might start: lanes with jobs in them, and whether parked jobs are due, of leaves that have room. */
export interface Candidates {
  readonly lanes: readonly ActiveLane[];
  readonly turns: boolean;
  /** Why nothing of a lane that has jobs can start, as the cycle begins; `undefined`: something might. */
  readonly closureOf: (lane: LaneKey) => Closure | undefined;
}

/** A plan, and the windows that it was made from. */
export interface Planned {
  readonly plan: CyclePlan;
  readonly windows: readonly LaneWindow[];
  /** Those that it was made from. */
  readonly cooldowns: readonly Cooldown[];
  readonly deadSeekers: readonly Seeker[];
}

export const nothingPlanned: CyclePlan = { admissions: [], turns: [], waiting: [], held: [], crowded: [], wants: { lanes: [], holders: false } };
/** A plan that still asks for more after so many rounds is taken as it is: the next cycle goes on. */
const MOST_ROUNDS = 8;

/** Who might start. With nobody the queues need not be looked at. */
export function candidates({ lanes, parked, uses, pauses, policy, nowMs }: Counted): Candidates {
  const waiting = lanes.filter(({ pending }) => pending > 0);
  const due = parked.filter((entry) => mayBeDue(entry, nowMs));
  if (waiting.length === 0 && due.length === 0) return { lanes: [], turns: false, closureOf: () => undefined };
  const closureOf = closures([...waiting, ...due], uses, pauses, policy);
  const may = (leaf: LeafKey): boolean => closureOf(leaf) === undefined;
  return { lanes: waiting.filter(may), turns: due.some(may), closureOf };
}

/** Reads the queues as far as it makes a difference, and plans. */
export async function planQueue(ports: PlanPorts, { lease, seekers }: Launches, counted: Counted, { lanes, turns }: Candidates): Promise<Planned> {
  const windows = new LaneWindows(ports.store);
  await windows.readFronts(lanes);
  if (!turns && windows.all.every(({ entries }) => entries.length === 0)) return { plan: nothingPlanned, windows: windows.all, cooldowns: [], deadSeekers: [] };
  const { uses, parked, pauses, policy, nowMs } = counted;
  // What ended a short while ago is half open: not everybody who waits for it is started.
  const cooldowns = await ports.cooldowns.active(epochMs(nowMs - LONGEST_COOLDOWN_MS));
  const dead = deadSeekers(seekers, cooldowns, policy.market, nowMs);
  const known = { uses, parked, pauses, cooldowns, launching: lease.launching.length, deadSeekers: dead };
  let holders: readonly Holder[] | undefined;
  let asked = false;
  for (let round = 1; ; round += 1) {
    const plan = planCycle({ ...known, lanes: windows.all, ...(holders === undefined ? {} : { holders }) }, policy, nowMs);
    const wantsHolders = plan.wants.holders && !asked;
    if (wantsHolders) {
      asked = true;
      holders = await readHolders(ports, { uses, parked, launching: lease.launching });
    }
    const readMore = await windows.readOn(plan.wants.lanes);
    if ((!readMore && !(wantsHolders && holders !== undefined)) || round === MOST_ROUNDS) return { plan, windows: windows.all, cooldowns, deadSeekers: dead };
  }
}
