import type { EpochMs } from '../job/ids.ts';
import type { LaneKey } from '../queue/lane.ts';
import type { ShareTree } from '../shares/share-tree.ts';
import type { CapacityWaits } from './capacity-waits.ts';
import { placeKey, PlaceKeys, type RoomNote } from './room-note.ts';
import { EVERY_SHAPE, SeenWaits, type CycleLook, type Seen } from './seen-waits.ts';
import { laneId } from './share-nodes.ts';
import type { ActiveLane, LaneNote, NotedReasons } from './snapshot.ts';
import { isNews, noteReason } from './wait-reasons.ts';

/** What is noted at most: keys, reasons of each, and bytes of JSON, which are more than those that are stored. */
interface Bounds {
  readonly keys: number;
  readonly ofEach: number;
  readonly bytes: number;
}

/** Of a lane, so that its item takes one write unit beside all that is noted of it for capacity: whoever submits pays for it. */
const ofLane: Bounds = { keys: 4, ofEach: 4, bytes: 320 };
/** Of places. */
const ofPlaces: Bounds = { keys: 50, ofEach: 6, bytes: 3_500 };
/** Lanes that a cycle writes for this alone. */
const MOST_LANES = 25;

type Noted = Readonly<Record<string, NotedReasons>>;
type NotedLane = Pick<ActiveLane, 'namespace' | 'user' | 'lane' | 'pending' | 'reasons'>;

/** What else is to be noted than was. */
export interface WaitNotes {
  /** By `laneId`. */
  readonly lanes: ReadonlyMap<string, Noted>;
  /** Those of them that are worth a write; the others go along where their lanes are written. */
  readonly urgent: readonly NotedLane[];
  readonly told?: Noted;
  /** Whether that is worth a write. */
  readonly isToldUrgent: boolean;
}

/**
 * Notes why jobs wait, for the entries of their histories with which they leave the queue. Nothing is decided by it.
 *
 * A write is worth what has changed in kind, so that a queue that stands still costs none, and what is over with the last job
 * that it concerned goes along with another write. What holds all below a place costs one write for all; the rest one for each
 * lane, of a few lanes in a cycle, first of those that were noted longest ago.
 */
export function nextWaitNotes(look: CycleLook, { lanes, told = {}, shares }: { readonly lanes: readonly NotedLane[]; readonly told?: Noted | undefined; readonly shares: ShareTree }, nowMs: EpochMs): WaitNotes {
  const seen = new SeenWaits(look, lanes, new PlaceKeys(shares));
  const changes = lanes.flatMap((lane) => {
    const { reasons = {} } = lane;
    const isWaiting = seen.isWaiting(lane);
    const change = changeOf(reasons, isWaiting ? seen.ofLane(lane, Object.keys(reasons)) : withoutAny(reasons), (key) => key === EVERY_SHAPE, ofLane, nowMs);
    return change === undefined ? [] : [{ lane, notes: change.notes, isUrgent: change.isNews || (isWaiting && change.isLess) }];
  });
  const urgent = changes.filter(({ isUrgent }) => isUrgent).map(({ lane }) => lane).toSorted(byLatest).slice(0, MOST_LANES);
  const places = changeOf(told, new Map([...withoutAny(told), ...seen.places]), (key) => !key.startsWith(namespaces), ofPlaces, nowMs);
  return {
    lanes: new Map(changes.map(({ lane, notes }) => [laneId(lane), notes])), urgent,
    ...(places === undefined ? {} : { told: places.notes }), isToldUrgent: places?.isNews === true,
  };
}

/** Of places that are many. */
const namespaces = placeKey({ kind: 'namespace', name: '' }) ?? '';
const withoutAny = (noted: Noted): Seen => new Map(Object.keys(noted).map((key) => [key, 'gone']));

const latestOf = ({ reasons = {} }: NotedLane): number => Math.max(0, ...Object.values(reasons).map((noted) => noted.at(-1)?.sinceMs ?? 0));
const byLatest = (a: NotedLane, b: NotedLane): number => latestOf(a) - latestOf(b) || (laneId(a) < laneId(b) ? -1 : 1);

interface Change {
  readonly notes: Noted;
  /** Whether something is worth a write. */
  readonly isNews: boolean;
  /** Whether something is no longer noted. */
  readonly isLess: boolean;
}

/**
 * What is to be noted in place of what was; `undefined`: nothing else. Where there is too much, first that goes which says
 * nothing now, then what nobody looked at.
 *
 * @param concernsAll keys for which there is always room
 */
function changeOf(before: Noted, found: Seen, concernsAll: (key: string) => boolean, { keys: most, ofEach, bytes }: Bounds, nowMs: EpochMs): Change | undefined {
  const foundOf = (key: string) => {
    const is = found.get(key);
    return is === 'gone' ? undefined : is;
  };
  const next = [...new Set([...Object.keys(before), ...found.keys()])].filter((key) => found.get(key) !== 'gone').flatMap((key) => {
    const [noted, is] = [before[key] ?? [], foundOf(key)];
    const now = is === undefined ? noted : noteReason(noted, is, nowMs, ofEach);
    return now.length === 0 ? [] : [[key, now] as const];
  });
  const rankOf = ([key, noted]: Entry): number => {
    if (concernsAll(key)) return 0;
    if (noted.at(-1)?.code === undefined) return 4;
    return found.has(key) ? (key in before ? 1 : 2) : 3;
  };
  const kept = fitting(next.toSorted((a, b) => rankOf(a) - rankOf(b) || (a[0] < b[0] ? -1 : 1)).slice(0, most), bytes);
  const isLess = Object.keys(before).some((key) => !kept.some(([each]) => each === key));
  if (!isLess && kept.every(([key, noted]) => noted === before[key])) return undefined;
  return { notes: Object.fromEntries(kept), isNews: kept.some(([key]) => isNews(before[key] ?? [], foundOf(key), nowMs)), isLess };
}

type Entry = readonly [string, NotedReasons];

/** First the oldest reasons go, of those that have most, then the last ones whole. */
function fitting(entries: readonly Entry[], most: number): readonly Entry[] {
  let fits = entries;
  while (fits.length > 0 && bytesOf(fits) > most) {
    const longest = Math.max(...fits.map(([, noted]) => noted.length));
    fits = longest === 1 ? fits.slice(0, -1) : fits.map(([key, noted]) => [key, noted.length === longest ? noted.slice(1) : noted]);
  }
  return fits;
}

const bytesOf = (entries: readonly Entry[]): number => new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries))).length;

interface Written {
  readonly lanes: readonly LaneNote[];
  readonly room?: RoomNote;
}

/** What is written after a cycle: what is counted, with what has changed of the notes there; then what is worth a write by itself, of which nothing depends. */
export function together({ notes, room }: Omit<CapacityWaits, 'over'>, { lanes, urgent, told, isToldUrgent }: WaitNotes, before: RoomNote): { readonly counted: Written; readonly alone: Written } {
  const along = (lane: LaneKey): Pick<LaneNote, 'reasons'> => {
    const reasons = lanes.get(laneId(lane));
    return reasons === undefined ? {} : { reasons };
  };
  const held = new Set(notes.map(laneId));
  const others = urgent.filter((lane) => !held.has(laneId(lane))).map(({ namespace, user, lane }) => ({ namespace, user, lane }));
  const next = told ?? before.told ?? {};
  const withTold = ({ closed, openSince }: RoomNote): RoomNote => ({ closed, openSince, ...(Object.keys(next).length === 0 ? {} : { told: next }) });
  return {
    counted: { lanes: notes.map((note) => ({ ...note, ...along(note) })), ...(room === undefined ? {} : { room: withTold(room) }) },
    alone: { lanes: others.map((lane) => ({ ...lane, ...along(lane) })), ...(room === undefined && isToldUrgent ? { room: withTold(before) } : {}) },
  };
}
