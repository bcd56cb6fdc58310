import type { LaneKey, LeafKey } from '../queue/lane.ts';
import type { Pause } from '../queue/pause.ts';
import type { CyclePlan, LimitPlace, Obstacle } from './plan.ts';
import { placeKey, type PlaceKeys } from './room-note.ts';
import type { Closure } from './room.ts';
import { laneId, leafId } from './share-nodes.ts';
import type { LaneCount, LaneWindow } from './snapshot.ts';
import { reasonOf, reasonOfPause, type FoundReason } from './wait-reasons.ts';

/** What a cycle looked at. */
export interface CycleLook {
  readonly plan: Pick<CyclePlan, 'waiting' | 'crowded' | 'admissions'>;
  readonly windows: readonly LaneWindow[];
  readonly pauses: readonly Pause[];
  /** As the cycle began. */
  readonly closureOf: (lane: LaneKey) => Closure | undefined;
  /** Whether nobody was looked at, since as many jobs look for machines as may. */
  readonly isFullOfLaunches: boolean;
}

/** What is noted of a lane for all its shapes. */
export const EVERY_SHAPE = '*';

/** Why jobs wait, by what it is noted under; `gone` where none waits any more. What is missing nobody looked at. */
export type Seen = ReadonlyMap<string, FoundReason | 'gone'>;

const launches: FoundReason = { code: 'LaunchesInFlight' };
/** Of what: that is said by where it is noted. */
const limit: FoundReason = { code: 'LimitReached' };

/**
 * Why jobs wait as a cycle leaves them. What holds all jobs below a place (a pause, a limit that is reached, too many launches)
 * is of the place; what holds a user's is of the user; the rest is of a shape of a lane.
 */
export class SeenWaits {
  /** Of all places above somebody who waits: each is known, to be held up or not. */
  readonly places: ReadonlyMap<string, FoundReason>;
  readonly #look: CycleLook;
  readonly #fullUsers = new Set<string>();
  readonly #shapes = new Map<string, Map<string, FoundReason>>();
  readonly #windows: ReadonlyMap<string, LaneWindow>;
  readonly #started: ReadonlySet<string>;

  constructor(look: CycleLook, lanes: readonly LaneCount[], keys: PlaceKeys) {
    this.#look = look;
    this.#started = new Set(look.plan.admissions.map(({ entry }) => entry.jobId));
    this.#windows = new Map(look.windows.map((window) => [laneId(window), window]));
    const waiting = lanes.filter((lane) => this.isWaiting(lane));
    const held = this.#findHeld(waiting);
    this.places = new Map(waiting.flatMap((lane) => keys.ofEvery(lane)).map((key) => [key, held.get(key) ?? 'none']));
    for (const { obstacle, shape, ...lane } of look.plan.waiting) {
      if (obstacle.kind === 'cycle') continue;
      const known = this.#shapes.get(laneId(lane)) ?? new Map<string, FoundReason>();
      this.#shapes.set(laneId(lane), known.set(shape, this.#isOfMany(obstacle, lane) ? 'none' : reasonOf(obstacle)));
    }
  }

  /** Whether somebody waits in a lane still. */
  isWaiting(lane: LaneCount): boolean {
    const window = this.#windows.get(laneId(lane));
    return lane.pending > 0 && (window?.complete !== true || window.entries.some(({ jobId }) => !this.#started.has(jobId)));
  }

  /**
   * What holds a lane in which somebody waits: all of it, and its single shapes.
   *
   * @param noted shapes that are noted: they may have started, or gone
   */
  ofLane(lane: LaneKey, noted: readonly string[]): Seen {
    const found = this.#shapes.get(laneId(lane)) ?? new Map<string, FoundReason>();
    const missing = noted.filter((shape) => shape !== EVERY_SHAPE && !found.has(shape)).map((shape) => [shape, this.#without(lane, shape)] as const);
    return new Map<string, FoundReason | 'gone'>([...this.#ofUser(lane), ...found, ...missing.flatMap(([shape, is]) => (is === undefined ? [] : [[shape, is] as const]))]);
  }

  #ofUser(lane: LaneKey): readonly (readonly [string, FoundReason])[] {
    if (this.#fullUsers.has(leafId(lane))) return [[EVERY_SHAPE, limit]];
    return this.#look.closureOf(lane)?.kind === 'paused' ? [] : [[EVERY_SHAPE, 'none']];
  }

  /** What became of a shape that does not wait in the plan. */
  #without(lane: LaneKey, shape: string): 'gone' | 'none' | undefined {
    const { entries, complete } = this.#windows.get(laneId(lane)) ?? { entries: [], complete: false };
    const alike = entries.filter((entry) => entry.shape === shape);
    if (complete && alike.every(({ jobId }) => this.#started.has(jobId))) return 'gone';
    return alike.some(({ jobId }) => this.#started.has(jobId)) ? 'none' : undefined;
  }

  /** A pause tells more than a limit, and a limit more than launches, of which there are as many as may be for a moment. */
  #findHeld(lanes: readonly LaneKey[]): ReadonlyMap<string, FoundReason> {
    const { pauses, plan, closureOf, isFullOfLaunches } = this.#look;
    const held = new Map<string | undefined, FoundReason>();
    if (isFullOfLaunches || plan.waiting.some(({ obstacle }) => obstacle.kind === 'launches')) held.set(placeKey({ kind: 'deployment' }), launches);
    const full = (place: LimitPlace, leaf: LeafKey): void => {
      if (place.kind === 'user') this.#fullUsers.add(leafId(leaf));
      held.set(placeKey(place), limit);
    };
    for (const lane of lanes) {
      const closure = closureOf(lane);
      if (closure?.kind === 'full') for (const place of closure.places) full(place, lane);
    }
    for (const { isFull, place, ...lane } of plan.crowded) if (isFull) full(place, lane);
    for (const { obstacle, ...lane } of plan.waiting) if (isFullPlace(obstacle)) full(obstacle.place, lane);
    for (const pause of pauses) {
      const { scope } = pause;
      if (scope.kind === 'queue') held.set(placeKey({ kind: 'deployment' }), reasonOfPause(pause));
      if (scope.kind === 'namespace') held.set(placeKey({ kind: 'namespace', name: scope.namespace }), reasonOfPause(pause));
    }
    return new Map([...held].flatMap(([key, reason]) => (key === undefined ? [] : [[key, reason]])));
  }

  /** Whether what holds a job is told of a place or of its user. */
  #isOfMany(obstacle: Obstacle, { namespace }: LeafKey): boolean {
    if (obstacle.kind === 'paused') return this.#look.pauses.some(({ scope }) => scope.kind === 'queue' || (scope.kind === 'namespace' && scope.namespace === namespace));
    return obstacle.kind === 'launches' || isFullPlace(obstacle);
  }
}

/** Whether nothing fits there any more, as `TreeState.isFull` has it. Machines without GPUs pass a limit of GPUs that is reached. */
function isFullPlace(obstacle: Obstacle): obstacle is Extract<Obstacle, { readonly kind: 'limit' }> {
  return obstacle.kind === 'limit' && (obstacle.amount === 'runningJobs' || obstacle.amount === 'nodes') && obstacle.used + 1 > obstacle.limit;
}
