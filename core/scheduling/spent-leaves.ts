import type { EpochMs } from '../job/ids.ts';
import type { ParkedEntry } from '../lifecycle/change.ts';
import type { LaneKey, LeafKey } from '../queue/lane.ts';
import { limitedAmounts } from './amounts.ts';
import { entriesOf } from './quota-state.ts';
import { leafId } from './share-nodes.ts';
import type { ShareUse, UsageBase } from './snapshot.ts';
import { decayedUsageAt } from './usage.ts';

/** What less was used than is worth nothing: a millionth of a dollar. */
const WORTHLESS_MICRO_USD = 1;

/** What a cycle knows of the leaves; all ends that were noted are counted in `uses`. */
export interface KnownLeaves {
  readonly uses: readonly ShareUse[];
  readonly lanes: readonly LaneKey[];
  readonly parked: readonly ParkedEntry[];
  readonly nowMs: EpochMs;
  readonly base: UsageBase;
}

/**
 * The leaves whose counters say nothing any more: they hold nothing, what they used has decayed, and no job of theirs is
 * waiting. An end that is not counted yet is held still, so none is on its way. Without them a cycle costs as much as
 * there are users with jobs of late, not as there ever were.
 */
export function spentLeaves({ uses, lanes, parked, nowMs, base }: KnownLeaves): readonly LeafKey[] {
  const waiting = new Set([...lanes, ...parked].map(leafId));
  return uses.filter((use) => holdsNothing(use) && !waiting.has(leafId(use)) && decayedUsageAt(use, nowMs, base) < WORTHLESS_MICRO_USD);
}

/** A counter below nothing is wrong, and stays for a recount to find. */
const holdsNothing = (use: ShareUse): boolean =>
  limitedAmounts.every((amount) => use[amount] === 0) && entriesOf(use.quotas).every(([, vcpus]) => vcpus === 0);
