import type { EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey } from '../queue/lane.ts';
import type { ShareTree } from '../shares/share-tree.ts';
import { LaneNotes } from './lane-notes.ts';
import type { CyclePlan } from './plan.ts';
import { isSameRoom, nextRoom, placeKey, PlaceKeys, ROOM_EVERYWHERE, type RoomNote } from './room-note.ts';
import type { Closure } from './room.ts';
import { laneId } from './share-nodes.ts';
import type { ActiveLane, HeldLane, HeldSince, LaneWindow } from './snapshot.ts';

/** Shapes that are noted of a lane, so that its item stays small; jobs of others begin to count when they are admitted. */
const MOST_SHAPES = 20;
/** Places without room that are noted for all lanes below; what is held up in others is noted by its lane. */
const MOST_CLOSED = 50;

/** A job whose time in the queue is over. */
interface GivenUp {
  readonly entry: QueueEntry;
  readonly sinceMs: EpochMs;
}

/** What the time that jobs wait for capacity comes to. */
export interface CapacityWaits {
  /** Lanes of which something else is to be noted than was. */
  readonly notes: readonly HeldLane[];
  /** Where something else is to be noted than was. */
  readonly room?: RoomNote;
  readonly over: readonly GivenUp[];
}

/** What a cycle found. */
export interface Found {
  readonly plan: Pick<CyclePlan, 'held' | 'crowded' | 'admissions'>;
  readonly windows: readonly LaneWindow[];
  /** Of lanes that were not looked at. */
  readonly closureOf: (lane: LaneKey) => Closure | undefined;
}

/** What was noted before. */
export interface Before {
  readonly lanes: readonly (LaneKey & Pick<ActiveLane, 'heldSince' | 'pending'>)[];
  readonly room: RoomNote;
  readonly shares: ShareTree;
}

/**
 * Goes on counting the time for which jobs are held back for capacity alone. A shape of a lane that was held and is held
 * counts on. One that is paused or could be launched begins anew when it is held again, and so does one that has no room, be it
 * said by the note of its lane or of a place above it. What lacks room for nothing but jobs that find out what it waits for is
 * held; where such a lane was not looked at, its note is left as it is. So a job is given up only if every cycle that looked
 * within its whole time found it held.
 */
export function capacityWaits({ plan, windows, closureOf }: Found, { lanes, room, shares }: Before, nowMs: EpochMs): CapacityWaits {
  const isNothing = plan.held.length === 0 && lanes.every(({ heldSince }) => heldSince === undefined) && isSameRoom(room, ROOM_EVERYWHERE);
  if (isNothing) return { notes: [], over: [] };
  const keys = new PlaceKeys(shares);
  const held = Map.groupBy(plan.held, laneId);
  const crowded = new Map(plan.crowded.map((each) => [`${laneId(each)} ${each.shape}`, placeKey(each.place, each.isFull ? undefined : each.shape)]));
  const seen = new Set(windows.map(laneId));
  /** A place with a job below it that has room is not without. */
  const open = new Set(plan.held.flatMap((each) => keys.of(each, each.shape)));
  const closed = new Set<string>();
  const closes = (key: string | undefined): boolean => {
    if (key === undefined || open.has(key) || (closed.size >= MOST_CLOSED && !closed.has(key))) return false;
    closed.add(key);
    return true;
  };
  const stays = (lane: Before['lanes'][number], shape: string): boolean => {
    if (seen.has(laneId(lane))) return closes(crowded.get(`${laneId(lane)} ${shape}`));
    if (lane.pending <= 0) return false;
    const closure = closureOf(lane);
    if (closure === undefined) return true;
    const [first] = closure.kind === 'full' ? closure.places : [];
    return first !== undefined && closes(placeKey(first));
  };
  const noted = lanes.map((lane) => {
    const shapes = (held.get(laneId(lane)) ?? []).map(({ shape }) => shape);
    const others = Object.keys(lane.heldSince ?? {}).filter((shape) => !shapes.includes(shape) && stays(lane, shape));
    return { lane, now: noteOf([...shapes, ...others], lane.heldSince ?? {}, nowMs) };
  });
  const notes = noted.flatMap(({ lane: { namespace, user, lane, heldSince: before = {} }, now }) => (isSame(before, now) ? [] : [{ namespace, user, lane, heldSince: now }]));
  const concerns = new Set(noted.flatMap(({ lane, now }) => Object.keys(now).flatMap((shape) => keys.of(lane, shape))));
  const next = nextRoom(room, closed, concerns, nowMs);
  const current = new LaneNotes(noted.map(({ lane, now }) => ({ ...lane, heldSince: now })), next, shares);
  return { notes, ...(isSameRoom(room, next) ? {} : { room: next }), over: overIn(plan, windows, current, nowMs) };
}

function overIn({ admissions }: Found['plan'], windows: readonly LaneWindow[], notes: LaneNotes, nowMs: EpochMs): readonly GivenUp[] {
  const started = new Set(admissions.map(({ entry }) => entry.jobId));
  return windows.flatMap(({ entries }) => entries).flatMap((entry): GivenUp[] => {
    const sinceMs = notes.heldSince(entry);
    const isOver = (notes.givenUpAt(entry) ?? Number.POSITIVE_INFINITY) <= nowMs;
    return sinceMs !== undefined && isOver && !started.has(entry.jobId) ? [{ entry, sinceMs }] : [];
  });
}

/** Those that are held longest stay noted where there are too many. */
function noteOf(shapes: readonly string[], before: HeldSince, nowMs: EpochMs): HeldSince {
  const all = shapes.map((shape) => [shape, before[shape] ?? nowMs] as const);
  return Object.fromEntries(all.toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).slice(0, MOST_SHAPES));
}

function isSame(a: HeldSince, b: HeldSince): boolean {
  const keys = Object.keys(b);
  return keys.length === Object.keys(a).length && keys.every((key) => a[key] === b[key]);
}
