import type { EpochMs } from '../job/ids.ts';
import type { QuotaKey } from '../job/job.ts';
import type { LeafKey } from '../queue/lane.ts';
import { limitedAmounts } from './amounts.ts';
import type { LimitedAmount } from './plan.ts';
import { entriesOf } from './quota-state.ts';
import { laneId, leafId } from './share-nodes.ts';
import type { Holder, LaneCount, ShareUse, UsageBase } from './snapshot.ts';
import { sumOfChanges, type UseChange } from './use-change.ts';
import { chargeForStart, usageAt } from './usage.ts';

/** A counter that is not what the jobs say. */
export interface Drift extends LeafKey {
  /** Of `pending`. */
  readonly lane?: string;
  readonly amount: LimitedAmount | QuotaKey | 'pending';
  readonly counted: number;
  readonly actual: number;
}

/** What a leaf holds. */
export type LeafCount = LeafKey & UseChange;

/** What these jobs hold, by leaf, in the order of the leaves' names. Of what they have used it says nothing. */
export function countHolders(holders: readonly Holder[]): readonly LeafCount[] {
  const byLeaf = [...Map.groupBy(holders, leafId)].toSorted(([a], [b]) => compare(a, b)).map(([, ofLeaf]) => ofLeaf);
  return byLeaf.flatMap((ofLeaf) => {
    const [first] = ofLeaf;
    return first === undefined ? [] : [{ ...nothing(first), ...sumOfChanges(ofLeaf.map(takenByHolder)) }];
  });
}

const takenByHolder = ({ amounts, hold: { quotas } }: Holder): UseChange => ({ ...amounts, runningJobs: 1, quotas, usage: 0 });
const nothing = ({ namespace, user }: LeafKey): LeafCount => ({ namespace, user, ...sumOfChanges([]) });
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Where counters of limits differ from what their jobs hold, in the order of the leaves' names. */
export function holdDrifts(uses: readonly LeafCount[], actual: readonly LeafCount[]): readonly Drift[] {
  const counted = new Map(uses.map((use) => [leafId(use), use]));
  const found = new Map(actual.map((count) => [leafId(count), count]));
  const ids = [...new Set([...counted.keys(), ...found.keys()])].toSorted(compare);
  return ids.flatMap((id) => leafDrifts(counted.get(id), found.get(id)));
}

function leafDrifts(counted: LeafCount | undefined, actual: LeafCount | undefined): readonly Drift[] {
  const leaf = counted ?? actual;
  if (leaf === undefined) return [];
  const { namespace, user } = leaf;
  const quotas = entriesOf({ ...counted?.quotas, ...actual?.quotas }).map(([key]) => key);
  const rows: Drift[] = [
    ...limitedAmounts.map((amount) => ({ namespace, user, amount, counted: counted?.[amount] ?? 0, actual: actual?.[amount] ?? 0 })),
    ...quotas.map((amount) => ({ namespace, user, amount, counted: counted?.quotas[amount] ?? 0, actual: actual?.quotas[amount] ?? 0 })),
  ];
  return rows.filter((row) => row.counted !== row.actual);
}

/** Where the pending count of a lane differs from what waits in it. */
export function pendingDrifts(lanes: readonly LaneCount[], actual: readonly LaneCount[]): readonly Drift[] {
  const found = new Map(actual.map((lane) => [laneId(lane), lane.pending]));
  return lanes.flatMap((lane) => {
    const { namespace, user, pending: counted } = lane;
    const waiting = found.get(laneId(lane));
    return waiting === undefined || waiting === counted ? [] : [{ namespace, user, lane: lane.lane, amount: 'pending' as const, counted, actual: waiting }];
  });
}

/**
 * The counters of the leaves that drifted as they are to be stored, each against the base that it is kept by; `base` is
 * for leaves that have none. What a leaf has used until now stays as it is: from now on it counts by what its jobs hold.
 */
export function repairedUses(uses: readonly ShareUse[], actual: readonly LeafCount[], nowMs: EpochMs, base: UsageBase): readonly ShareUse[] {
  const counted = new Map(uses.map((use) => [leafId(use), use]));
  const found = new Map(actual.map((count) => [leafId(count), count]));
  const wrong = new Map(holdDrifts(uses, actual).map((drift) => [leafId(drift), drift]));
  return [...wrong].map(([id, leaf]) => {
    const was: ShareUse = counted.get(id) ?? { ...nothing(leaf), ...base };
    const is = found.get(id) ?? nothing(leaf);
    return { ...was, ...is, usage: Math.round(usageAt(was, nowMs, was) + chargeForStart(is.microUsdPerHour, nowMs, was)) };
  });
}
