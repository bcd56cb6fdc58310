import { epochMs, type EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import { rankTime } from '../queue/order.ts';
import type { ShareTree } from '../shares/share-tree.ts';
import { placeText } from './obstacle-text.ts';
import type { LimitPlace } from './plan.ts';
import { placeKey, PlaceKeys, type RoomNote } from './room-note.ts';
import { EVERY_SHAPE } from './seen-waits.ts';
import { laneId } from './share-nodes.ts';
import type { ActiveLane, NotedReasons, WaitReason } from './snapshot.ts';

/** For what a job waited, from when until when. */
export interface Waited extends WaitReason {
  readonly sinceMs: EpochMs;
  readonly untilMs: EpochMs;
}

/** Of one job: the latest. */
const MOST_TOLD = 6;
/** What was shorter is not told: until a cycle looks at a job, what is noted is of those that were there before it. */
const LEAST_MS = 5_000;
const isLong = ({ sinceMs, untilMs }: Waited): boolean => untilMs - sinceMs >= LEAST_MS;

type Noted = Pick<ActiveLane, 'namespace' | 'user' | 'lane' | 'reasons' | 'started'>;

/** Why jobs waited that leave the queue now, as cycles before have noted it. */
export class WaitedNotes {
  readonly #lanes: ReadonlyMap<string, Noted>;
  readonly #told: NonNullable<RoomNote['told']>;
  readonly #keys: PlaceKeys;

  constructor(lanes: readonly Noted[], { told = {} }: Pick<RoomNote, 'told'>, shares: ShareTree) {
    this.#lanes = new Map(lanes.map((lane) => [laneId(lane), lane]));
    this.#told = told;
    this.#keys = new PlaceKeys(shares);
  }

  /**
   * One reason after the other: of several that hold it at once the one that came last. First of all, beside the others, for
   * how long others of its user's queue were started before it (`Queued`). Empty: nothing is known.
   */
  of(entry: QueueEntry, nowMs: EpochMs): readonly Waited[] {
    const { submittedAtMs, queuedAtMs = submittedAtMs } = entry;
    const lane = this.#lanes.get(laneId(entry));
    const stretches = this.#notesOf(entry, lane).flatMap((noted) => stretchesOf(noted, queuedAtMs, nowMs));
    const behind = behindOthers(entry, lane?.started, queuedAtMs).filter(isLong);
    const told = oneAtATime(stretches).filter(isLong);
    return [...behind, ...told.slice(behind.length - MOST_TOLD)];
  }

  /** Of what is noted at the same moment, what concerns more jobs comes later. */
  #notesOf(entry: QueueEntry, lane: Noted | undefined): readonly NotedReasons[] {
    const { namespace, user, shape } = entry;
    const all = limitsOf({ kind: 'user', namespace, name: user }, lane?.reasons?.[EVERY_SHAPE]);
    return [lane?.reasons?.[shape] ?? [], all, ...this.#keys.above(entry).map((place) => limitsOf(place, this.#told[placeKey(place) ?? '']))];
  }
}

/** Of what a limit is, is said by where it is noted. */
const limitsOf = (place: LimitPlace, noted: NotedReasons = []): NotedReasons =>
  noted.map((each) => (each.code === 'LimitReached' ? { ...each, detail: placeText(place) } : each));

/** A stretch of one note, and when the note was made: its job may have come later. */
interface Stretch extends Waited {
  readonly notedMs: EpochMs;
}

function stretchesOf(noted: NotedReasons, fromMs: EpochMs, nowMs: EpochMs): readonly Stretch[] {
  return noted.flatMap(({ sinceMs: notedMs, code, detail }, n): readonly Stretch[] => {
    const sinceMs = epochMs(Math.max(notedMs, fromMs));
    const untilMs = epochMs(Math.min(noted[n + 1]?.sinceMs ?? nowMs, nowMs));
    return code === undefined || sinceMs >= untilMs ? [] : [{ code, ...(detail === undefined ? {} : { detail }), sinceMs, untilMs, notedMs }];
  });
}

/** Cuts stretches where another begins or ends, and has of each moment the one that was noted last. */
function oneAtATime(stretches: readonly Stretch[]): readonly Waited[] {
  const moments = [...new Set(stretches.flatMap(({ sinceMs, untilMs }) => [sinceMs, untilMs]))].toSorted((a, b) => a - b);
  const told: Waited[] = [];
  for (const [n, sinceMs] of moments.slice(0, -1).entries()) {
    const latest = stretches.filter((each) => each.sinceMs <= sinceMs && each.untilMs > sinceMs).reduce<Stretch | undefined>((a, b) => (a === undefined || b.notedMs >= a.notedMs ? b : a), undefined);
    if (latest === undefined) continue;
    const { notedMs: _notedMs, ...reason } = latest;
    const next = { ...reason, sinceMs, untilMs: moments[n + 1] ?? reason.untilMs };
    const last = told.at(-1);
    if (last?.untilMs === sinceMs && last.code === next.code && last.detail === next.detail) told.splice(-1, 1, { ...last, untilMs: next.untilMs });
    else told.push(next);
  }
  return told;
}

/** That the last to be started from its lane came before it, though it waited already. Who was started past another says nothing of that one. */
function behindOthers(entry: QueueEntry, started: ActiveLane['started'], queuedAtMs: EpochMs): readonly Waited[] {
  const isBehind = started !== undefined && started.atMs > queuedAtMs && started.rank < rankTime(entry);
  return isBehind ? [{ code: 'Queued', sinceMs: queuedAtMs, untilMs: started.atMs }] : [];
}
