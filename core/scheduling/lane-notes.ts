import { epochMs, type EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import type { LaneKey } from '../queue/lane.ts';
import type { ShareTree } from '../shares/share-tree.ts';
import { PlaceKeys, type RoomNote } from './room-note.ts';
import { laneId } from './share-nodes.ts';
import type { ActiveLane, HeldSince } from './snapshot.ts';

type Noted = LaneKey & Pick<ActiveLane, 'heldSince'>;
type Dated = LaneKey & Pick<QueueEntry, 'shape' | 'submittedAtMs' | 'queuedAtMs' | 'timeoutSeconds'>;

/** What lanes, and places that they share, say of the jobs in them. */
export class LaneNotes {
  readonly #byLane: ReadonlyMap<string, HeldSince>;
  readonly #closed: ReadonlySet<string>;
  readonly #openSince: RoomNote['openSince'];
  readonly #keys: PlaceKeys;

  constructor(lanes: readonly Noted[], { closed, openSince }: RoomNote, shares: ShareTree) {
    this.#byLane = new Map(lanes.flatMap((lane) => (lane.heldSince === undefined ? [] : [[laneId(lane), lane.heldSince]])));
    this.#closed = new Set(closed);
    this.#openSince = openSince;
    this.#keys = new PlaceKeys(shares);
  }

  /**
   * Since when a job in the queue is held back for capacity alone; `undefined`: it is not, or nobody knows, or its entry is
   * of an earlier release, whose jobs count from their admission.
   */
  heldSince(entry: Dated): EpochMs | undefined {
    return entry.timeoutSeconds === undefined ? undefined : this.#since(entry);
  }

  /** When it is given up, if it is held back for capacity until then. */
  givenUpAt(entry: Dated): EpochMs | undefined {
    const { timeoutSeconds } = entry;
    const sinceMs = timeoutSeconds === undefined ? undefined : this.#since(entry);
    return timeoutSeconds === undefined || sinceMs === undefined ? undefined : epochMs(sinceMs + timeoutSeconds * 1000);
  }

  #since({ submittedAtMs, queuedAtMs = submittedAtMs, ...entry }: Dated): EpochMs | undefined {
    const notedMs = this.#byLane.get(laneId(entry))?.[entry.shape];
    if (notedMs === undefined) return undefined;
    const keys = this.#keys.of(entry, entry.shape);
    if (keys.some((key) => this.#closed.has(key))) return undefined;
    return epochMs(Math.max(notedMs, queuedAtMs, ...keys.map((key) => this.#openSince[key] ?? 0)));
  }
}
