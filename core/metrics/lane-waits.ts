import type { EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import { laneId } from '../scheduling/share-nodes.ts';
import type { ActiveLane, LaneWindow } from '../scheduling/snapshot.ts';

/** Since when somebody waits in a lane, at the latest, by `laneId`. */
export type LaneWaits = ReadonlyMap<string, { readonly namespace: string; readonly sinceMs: EpochMs }>;

/** What a cycle saw of the lanes, and whom it took out of them. */
export interface LanesSeen {
  readonly lanes: readonly ActiveLane[];
  readonly windows: readonly LaneWindow[];
  readonly left: ReadonlySet<string>;
}

/** When an attempt came into the queue. */
export const queuedAt = ({ queuedAtMs, submittedAtMs }: Pick<QueueEntry, 'queuedAtMs' | 'submittedAtMs'>): EpochMs => queuedAtMs ?? submittedAtMs;

/**
 * Since when jobs wait, as far as one knows who reads nothing for it. A cycle reads the fronts of lanes that have room. Nobody is
 * started from a lane without room, so what was known of it when it was last read holds still, unless it had room meanwhile and
 * another process read it: then it is too long, until this one reads it. To forget it instead would hide long waits wherever two
 * take turns. Of a lane that was never read it is known when somebody last entered it, the first that was seen of that.
 */
export function laneWaits(known: LaneWaits, { lanes, windows, left }: LanesSeen): LaneWaits {
  const byLane = new Map(windows.map((window) => [laneId(window), window]));
  return new Map(lanes.flatMap((lane) => {
    const id = laneId(lane);
    const sinceMs = lane.pending > 0 ? since(lane, byLane.get(id), left, known.get(id)?.sinceMs) : undefined;
    return sinceMs === undefined ? [] : [[id, { namespace: lane.namespace, sinceMs }] as const];
  }));
}

function since({ enteredAtMs }: ActiveLane, window: LaneWindow | undefined, left: ReadonlySet<string>, knownMs: EpochMs = enteredAtMs): EpochMs | undefined {
  if (window === undefined) return knownMs;
  const waiting = window.entries.filter(({ jobId }) => !left.has(jobId)).map(queuedAt);
  const [first, ...others] = waiting;
  if (first !== undefined) return others.reduce((a, b) => (b < a ? b : a), first);
  // Behind those that were started stand others that nobody looked at.
  return window.complete ? undefined : enteredAtMs;
}
