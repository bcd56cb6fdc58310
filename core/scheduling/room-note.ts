import { epochMs, type EpochMs } from '../job/ids.ts';
import type { LaneKey } from '../queue/lane.ts';
import type { ShareTree } from '../shares/share-tree.ts';
import type { LimitPlace } from './plan.ts';
import { layOutShares, type ShareNode } from './share-nodes.ts';
import type { NotedReasons } from './snapshot.ts';

/**
 * Where what is noted as held back does not count, since there is no room for it: one note for all lanes under a place, so that
 * one job that fills a place which a thousand share costs one write and not a thousand.
 */
export interface RoomNote {
  /** Keys (`placeKey`) of places without room. */
  readonly closed: readonly string[];
  /** Of places that had none: since when they have. What is below counts from then at the earliest. */
  readonly openSince: Readonly<Record<string, EpochMs>>;
  /** Why all jobs below a place wait, for the histories of those that leave the queue: nothing is decided by it. */
  readonly told?: Readonly<Record<string, NotedReasons>>;
}

export const ROOM_EVERYWHERE: RoomNote = { closed: [], openSince: {} };

/** Keys of either kind, so that the item stays small. */
const MOST_PLACES = 100;
const everyShape = '*';

/**
 * A place in which there is no room for a shape, or for none. None for a user's: of these there may be very many, and each has
 * its own lanes, which say it themselves.
 */
export function placeKey(place: LimitPlace, shape: string = everyShape): string | undefined {
  if (place.kind === 'user') return undefined;
  return `${shape} ${place.kind === 'deployment' ? place.kind : `${place.kind}/${place.name}`}`;
}

/** Finds the keys that concern a lane. */
export class PlaceKeys {
  readonly #shares: ShareTree;
  #paths: ReadonlyMap<string, readonly LimitPlace[]> | undefined;

  constructor(shares: ShareTree) {
    this.#shares = shares;
  }

  /** Of a shape of a lane: of all places above it, for that shape and for all. */
  of(lane: Pick<LaneKey, 'namespace'>, shape: string): readonly string[] {
    return this.above(lane).flatMap((place) => [placeKey(place), placeKey(place, shape)].filter((key) => key !== undefined));
  }

  /** Of all places above a lane, for all shapes. */
  ofEvery(lane: Pick<LaneKey, 'namespace'>): readonly string[] {
    return this.above(lane).flatMap((place) => placeKey(place) ?? []);
  }

  /** Places above a lane, from its namespace upwards. */
  above({ namespace }: Pick<LaneKey, 'namespace'>): readonly LimitPlace[] {
    // One that the tree does not name stands under the deployment.
    this.#paths ??= pathsIn(this.#shares);
    return this.#paths.get(namespace) ?? [{ kind: 'namespace', name: namespace }, { kind: 'deployment' }];
  }
}

/** Of each namespace that the tree names, the places from it upwards. */
function pathsIn(shares: ShareTree): ReadonlyMap<string, readonly LimitPlace[]> {
  const { nodes } = layOutShares(shares, 0, []);
  const pathFrom = (node: ShareNode): readonly LimitPlace[] => {
    const parent = nodes[node.parent];
    return [node.place, ...(parent === undefined ? [] : pathFrom(parent))];
  };
  return new Map(nodes.flatMap((node) => (node.place.kind === 'namespace' ? [[node.place.name, pathFrom(node)]] : [])));
}

/**
 * What is to be noted next: a place that has room again counts from now.
 *
 * @param closed keys of places without room, as many as are found
 * @param concerns keys that concern anything that is noted
 */
export function nextRoom(before: RoomNote, closed: ReadonlySet<string>, concerns: ReadonlySet<string>, nowMs: EpochMs): RoomNote {
  const opened = before.closed.map((key) => [key, nowMs] as const);
  const open = [...Object.entries(before.openSince), ...opened].filter(([key]) => !closed.has(key) && concerns.has(key));
  return { closed: [...closed].toSorted(), openSince: Object.fromEntries(withinBounds(open)) };
}

/** Where there are too many, the oldest become one that concerns all: what is counted is less then, never more. */
function withinBounds(open: readonly (readonly [string, EpochMs])[]): readonly (readonly [string, EpochMs])[] {
  if (open.length <= MOST_PLACES) return open;
  const sorted = open.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const [kept, rest] = [sorted.slice(0, MOST_PLACES - 1), sorted.slice(MOST_PLACES - 1)];
  const everywhere = placeKey({ kind: 'deployment' }) ?? '';
  const times = [...rest, ...kept.filter(([key]) => key === everywhere)].map(([, atMs]) => atMs);
  return [...kept.filter(([key]) => key !== everywhere), [everywhere, epochMs(Math.max(...times))]];
}

export function isSameRoom(a: RoomNote, b: RoomNote): boolean {
  const keys = Object.keys(b.openSince);
  return a.closed.join() === b.closed.join() && keys.length === Object.keys(a.openSince).length && keys.every((key) => a.openSince[key] === b.openSince[key]);
}
