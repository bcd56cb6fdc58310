import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add, $get, $remove, $set, $subtract, UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { epochMs, type EpochMs } from '../../../core/job/ids.ts';
import type { QueueEntry } from '../../../core/lifecycle/change.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import type { LaneKey } from '../../../core/queue/lane.ts';
import { rankTime } from '../../../core/queue/order.ts';
import type { RoomNote } from '../../../core/scheduling/room-note.ts';
import type { ActiveLane, LaneCount, LaneNote } from '../../../core/scheduling/snapshot.ts';
import { leaseHeld } from './change-actions.ts';
import { keys } from './keys.ts';
import type { Action, OrchestratorTable } from './orchestrator-table.ts';
import { isRefused, isUnclear, TransactionRefused } from './refusals.ts';
import { leaseLost } from './scheduler-lease.ts';

/** An entry is in its lane, or given up, this long after its lane heard of it: functions that enter lanes live for a minute. */
const ENTRY_MS = 5 * 60_000;
/** How long a lane stays known that nobody enters, nor moves an entry in. */
const FORGET_MS = 2 * 60 * 60_000;
const WRITES_AT_ONCE = 16;

/** What is lowered would be made otherwise, and not whole. */
const isKnown = { attr: 'pending', exists: true } as const;

/** In place of what was; nothing at all is no attribute. */
const wholeOf = <Note extends object>(note: Note) => (Object.keys(note).length === 0 ? $remove() : $set(note));

const keyOf = ({ namespace, user, lane }: LaneKey): LaneKey => ({ namespace, user, lane });

/**
 * How many jobs wait in each lane: where the scheduler looks, and what the limit of pending jobs is held to. If a
 * lane's item were part of each submission's transaction, all submissions to it would stand in each other's way, and
 * the scheduler in theirs; so it is written by itself.
 *
 * The law: a count is never below the truth, so nothing that waits is overlooked. An entry is counted before it is
 * written, and no more only after it has left: by a cancel within its transaction, by the scheduler after its grant, at
 * most once (`callOnce`). A crash or a lost answer in between leaves the count too high, never too low.
 *
 * Why a count may be lowered to what was found: nobody entered the lane in the `ENTRY_MS` before its entries were read
 * nor since, as the condition says at the moment of the write, so no entry is on its way, and none was being moved, which
 * a read beside the move may see neither at its old place nor at its new one; cancels lower the count with
 * their entry; and what a scheduler of an earlier lease may have still in flight is refused by `epoch`. A count of zero
 * says that nothing waits and nothing is on its way, so its item may go at any time.
 */
export class LaneCounts {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  /** To be called before an entry is written into the lane. */
  async enter(lane: LaneKey, nowMs: EpochMs): Promise<void> {
    const update = this.#table.entities.lane.build(UpdateItemCommand).item({ ...keyOf(lane), pending: $add(1), enteredAtMs: nowMs });
    await this.#table.call(() => update.send());
  }

  /** To be called before an entry is moved within the lane. */
  async move(lane: LaneKey, nowMs: EpochMs): Promise<void> {
    const update = this.#table.entities.lane.build(UpdateItemCommand).item({ ...keyOf(lane), pending: $add(0), enteredAtMs: nowMs });
    await this.#table.call(() => update.send());
  }

  /** To be called when an entry was not written, for certain, that `enter` was called for. */
  async giveUp(lane: LaneKey): Promise<void> {
    await this.#lower(this.#table.entities.lane.build(UpdateItemCommand).item({ ...keyOf(lane), pending: $add(-1) }).options({ condition: isKnown }));
  }

  /** Part of the transaction in which an entry leaves the lane for anything but a grant. It leaves from a lane that is not known, too. */
  leaving(lane: LaneKey): Action {
    const whole = { pending: $subtract($get('pending', 1), 1), enteredAtMs: $get('enteredAtMs', epochMs(0)) };
    return this.#table.entities.lane.build(UpdateTransaction).item({ ...keyOf(lane), ...whole });
  }

  /** To be called after these entries were granted. One call a lane, which says with it who was started last. */
  async granted({ epoch }: Lease, entries: readonly QueueEntry[], nowMs: EpochMs): Promise<void> {
    const { lane } = this.#table.entities;
    const lanes = Map.groupBy(entries, (entry) => keys.lane(entry).sk);
    const [isFirst, isOurs] = [{ attr: 'epoch', exists: false }, { attr: 'epoch', lte: epoch }] as const;
    await Promise.all(
      [...lanes.values()].map(async (group) => {
        const [first] = group;
        if (first === undefined) return;
        const started = { atMs: nowMs, rank: Math.min(...group.map(rankTime)) };
        await this.#lower(lane.build(UpdateItemCommand).item({ ...keyOf(first), pending: $add(-group.length), started: $set(started) }).options({ condition: { and: [isKnown, { or: [isFirst, isOurs] }] } }));
      }),
    );
  }

  /** Since when its jobs are held back for capacity, and why they wait. Each by itself, so that nobody who enters a lane meanwhile is in the way. */
  async note({ epoch }: Lease, lanes: readonly LaneNote[]): Promise<void> {
    const { lane } = this.#table.entities;
    const [isFirst, isOurs] = [{ attr: 'epoch', exists: false }, { attr: 'epoch', lte: epoch }] as const;
    for (let from = 0; from < lanes.length; from += WRITES_AT_ONCE) {
      await Promise.all(
        lanes.slice(from, from + WRITES_AT_ONCE).map(async ({ heldSince, reasons, ...noted }) => {
          const notes = { ...(heldSince === undefined ? {} : { heldSince: wholeOf(heldSince) }), ...(reasons === undefined ? {} : { reasons: wholeOf(reasons) }) };
          const update = lane.build(UpdateItemCommand).item({ ...keyOf(noted), epoch, ...notes }).options({ condition: { and: [isKnown, { or: [isFirst, isOurs] }] } });
          try {
            await this.#table.call(() => update.send());
          } catch (error) {
            if (!isRefused(error)) throw error;
          }
        }),
      );
    }
  }

  /** What lanes share: whether there is room for what is noted of them. */
  async noteRoom({ epoch }: Lease, { closed, openSince, told }: RoomNote): Promise<void> {
    const [isFirst, isOurs] = [{ attr: 'epoch', exists: false }, { attr: 'epoch', lte: epoch }] as const;
    const put = this.#table.entities.room.build(PutItemCommand).item({ ...keys.room, closed: [...closed], openSince, ...(told === undefined ? {} : { told }), epoch }).options({ condition: { or: [isFirst, isOurs] } });
    try {
      await this.#table.call(() => put.send());
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  /** Where DynamoDB does not do it, the count stays too high: that is no reason to fail what the entries left for. */
  async #lower(update: Parameters<OrchestratorTable['callOnce']>[0]): Promise<void> {
    try {
      await this.#table.callOnce(update);
    } catch (error) {
      if (!isRefused(error) && !isUnclear(error)) throw error;
    }
  }

  /** Lanes in which nobody waits, and that nobody entered for long. A count that is too high is lowered first. */
  async forget(lease: Lease, empty: readonly ActiveLane[], nowMs: EpochMs): Promise<void> {
    const bound = nowMs - FORGET_MS;
    for (const lane of empty.filter(({ enteredAtMs }) => enteredAtMs <= bound)) {
      if (lane.pending === 0) await this.#delete(lane, bound);
      else await this.#replace(lease, { ...keyOf(lane), pending: 0 }, bound);
    }
  }

  async #delete(lane: LaneKey, bound: number): Promise<void> {
    const [isEmpty, isQuiet] = [{ attr: 'pending', eq: 0 }, { attr: 'enteredAtMs', lte: bound }] as const;
    const removal = this.#table.entities.lane.build(DeleteItemCommand).key(keyOf(lane)).options({ condition: { and: [isEmpty, isQuiet] } });
    try {
      await this.#table.call(() => removal.send());
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
    }
  }

  /** Answers the lanes whose counts were replaced. One that is not known is made: had anybody entered it since, it would be there. */
  async replace(lease: Lease, counts: readonly LaneCount[], nowMs: EpochMs): Promise<readonly LaneCount[]> {
    const replaced: LaneCount[] = [];
    // One after the other: they share the lease.
    for (const count of counts) {
      if (await this.#replace(lease, count, nowMs - ENTRY_MS)) replaced.push(count);
    }
    return replaced;
  }

  async #replace(lease: Lease, { pending, ...lane }: LaneCount, bound: number): Promise<boolean> {
    const { entities } = this.#table;
    const [isLost, isQuiet] = [{ attr: 'enteredAtMs', exists: false }, { attr: 'enteredAtMs', lte: bound }] as const;
    const item = { ...keyOf(lane), pending, epoch: lease.epoch, enteredAtMs: $get('enteredAtMs', epochMs(bound)) };
    const update = entities.lane.build(UpdateTransaction).item(item).options({ condition: { or: [isLost, isQuiet] } });
    try {
      await this.#table.transact([leaseHeld(entities, lease.epoch), update]);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      if (error.isUnmet(0)) throw leaseLost(lease, error);
      return false;
    }
  }
}
