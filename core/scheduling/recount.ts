import { microUsd, type EpochMs } from '../job/ids.ts';
import type { Amounts, QuotaKey } from '../job/job.ts';
import type { LeafKey } from '../queue/lane.ts';
import { limitedAmounts } from './amounts.ts';
import type { LimitedAmount } from './plan.ts';
import { entriesOf } from './quota-state.ts';
import { laneId, leafId } from './share-nodes.ts';
import type { Holder, LaneCount, ShareUse, UsageBase } from './snapshot.ts';
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
export interface LeafCount extends LeafKey, Amounts {
  readonly runningJobs: number;
  readonly quotas: ShareUse['quotas'];
}

/** What these jobs hold, by leaf; leaves in the order of their names. */
export function countHolders(holders: readonly Holder[]): readonly LeafCount[] {
  const counts = [...Map.groupBy(holders, leafId)].toSorted(([a], [b]) => compare(a, b)).map(([, ofLeaf]) => ofLeaf);
  return counts.flatMap((ofLeaf) => (ofLeaf[0] === undefined ? [] : [ofLeaf.reduce(withHolder, nothing(ofLeaf[0]))]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function nothing({ namespace, user }: LeafKey): LeafCount {
  return { namespace, user, runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: microUsd(0), quotas: {} };
}

function withHolder(count: LeafCount, { amounts, hold }: Holder): LeafCount {
  const quotas: Partial<Record<QuotaKey, number>> = { ...count.quotas };
  for (const [key, vcpus] of entriesOf(hold.quotas)) quotas[key] = (quotas[key] ?? 0) + vcpus;
  return {
    ...count,
    runningJobs: count.runningJobs + 1,
    nodes: count.nodes + amounts.nodes,
    vcpus: count.vcpus + amounts.vcpus,
    gpus: count.gpus + amounts.gpus,
    microUsdPerHour: microUsd(count.microUsdPerHour + amounts.microUsdPerHour),
    quotas,
  };
}

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
    const was: ShareUse = counted.get(id) ?? { ...nothing(leaf), ...base, usage: 0 };
    const is = found.get(id) ?? nothing(leaf);
    return { ...was, ...is, usage: usageAt(was, nowMs, was) + chargeForStart(is.microUsdPerHour, nowMs, was) };
  });
}
