import type { EpochMs, JobId } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import { byRank } from '../queue/order.ts';
import { planCycle } from './plan-cycle.ts';
import type { CyclePlan, Obstacle } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import { reservedStart } from './reserved-start.ts';
import type { LaneWindow, SchedulingSnapshot } from './snapshot.ts';

/** What becomes of a waiting job. */
export type Verdict =
  /** It starts as soon as the scheduler runs; so many others start with it and come first. */
  | { readonly kind: 'starts'; readonly before: number }
  /** Something holds it back. `like`: an equal job of the same user, before it, was asked; what holds that holds this. */
  | { readonly kind: 'held'; readonly obstacle: Obstacle; readonly like?: JobId; readonly reservedFromMs?: EpochMs }
  /** By itself it could start: jobs that come before it take what there is. */
  | { readonly kind: 'behind' };

/** Asks the scheduler itself: plans a cycle and looks what becomes of the entry, which may stand behind its lane's window. */
export function explainEntry(entry: QueueEntry, snapshot: SchedulingSnapshot, policy: SchedulingPolicy, nowMs: EpochMs): Verdict {
  const whole = withEntry(entry, snapshot);
  const found = verdictIn(planCycle(whole, policy, nowMs), entry);
  // Jobs between the window and the entry were not seen: they come first.
  if (found?.kind === 'starts' && isBeyondWindow(entry, snapshot)) return { kind: 'behind' };
  const verdict = found ?? explainAlone(entry, whole, policy, nowMs);
  if (verdict.kind !== 'held' || verdict.reservedFromMs !== undefined) return verdict;
  const reservedFromMs = reservedStart(entry, whole, policy, nowMs);
  return reservedFromMs === undefined ? verdict : { ...verdict, reservedFromMs };
}

/** The same without jobs that wait beside it: what holds it whatever the order is. Needs no windows. */
export function explainAlone(entry: QueueEntry, snapshot: SchedulingSnapshot, policy: SchedulingPolicy, nowMs: EpochMs): Exclude<Verdict, { kind: 'starts' }> {
  const isParked = snapshot.parked.some(({ jobId }) => jobId === entry.jobId);
  const plan = planCycle(isParked ? only(entry, snapshot) : withEntry(entry, { ...snapshot, lanes: [], parked: [] }), policy, nowMs);
  const verdict = verdictIn(plan, entry);
  return verdict?.kind === 'held' ? verdict : { kind: 'behind' };
}

function only(entry: QueueEntry, snapshot: SchedulingSnapshot): SchedulingSnapshot {
  return { ...snapshot, lanes: [], parked: snapshot.parked.filter(({ jobId }) => jobId === entry.jobId) };
}

/** What a plan says of the entry; `undefined` where it was not looked at, nor an equal of it. */
export function verdictIn(plan: CyclePlan, { jobId, namespace, user, shape }: QueueEntry): Verdict | undefined {
  const { admissions, turns, waiting } = plan;
  const before = Math.max(admissions.findIndex(({ entry }) => entry.jobId === jobId), turns.findIndex(({ entry }) => entry.jobId === jobId));
  if (before >= 0) return { kind: 'starts', before };
  const own = waiting.find((each) => each.jobId === jobId);
  const found = own ?? waiting.find((each) => each.namespace === namespace && each.user === user && each.shape === shape);
  if (found === undefined) return undefined;
  const { obstacle, reservedFromMs } = found;
  return {
    kind: 'held',
    obstacle,
    ...(own === undefined ? { like: found.jobId } : {}),
    ...(own === undefined || reservedFromMs === undefined ? {} : { reservedFromMs }),
  };
}

/** The snapshot with the entry in its lane, if it is not there and is not parked. */
function withEntry(entry: QueueEntry, snapshot: SchedulingSnapshot): SchedulingSnapshot {
  if (snapshot.parked.some(({ jobId }) => jobId === entry.jobId)) return snapshot;
  const lane = laneOf(entry, snapshot);
  const others = snapshot.lanes.filter((each) => each !== lane);
  if (lane?.entries.some(({ jobId }) => jobId === entry.jobId)) return snapshot;
  const { namespace, user } = entry;
  const window: LaneWindow = { namespace, user, lane: entry.lane, entries: [...(lane?.entries ?? []), entry].toSorted(byRank), complete: lane?.complete ?? true };
  return { ...snapshot, lanes: [...others, window] };
}

function isBeyondWindow(entry: QueueEntry, { lanes, parked }: SchedulingSnapshot): boolean {
  const window = laneOf(entry, { lanes });
  const isThere = [...parked, ...(window?.entries ?? [])].some(({ jobId }) => jobId === entry.jobId);
  return !isThere && window?.complete === false;
}

function laneOf({ namespace, user, lane }: QueueEntry, { lanes }: Pick<SchedulingSnapshot, 'lanes'>): LaneWindow | undefined {
  return lanes.find((each) => each.namespace === namespace && each.user === user && each.lane === lane);
}
