import type { Cooldown } from '../capacity/offering.ts';
import { isShort, openings } from '../capacity/openings.ts';
import type { EpochMs } from '../job/ids.ts';
import type { Seeker } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import { leafId } from './share-nodes.ts';
import type { ShareUse } from './snapshot.ts';
import { heldNoMore, plus } from './use-change.ts';

/**
 * Those that do no more than find out whether what is not to be had is back. The room that they hold for that is not missing to
 * those who wait for what they find.
 */
export function deadSeekers(seekers: readonly Seeker[], cooldowns: readonly Cooldown[], market: SchedulingPolicy['market'], nowMs: EpochMs): readonly Seeker[] {
  if (seekers.length === 0 || cooldowns.length === 0) return [];
  const openingFor = openings(cooldowns, market, nowMs);
  return seekers.filter(({ entry: { demand } }) => isShort(openingFor(demand.pools, demand.zones)));
}

/** What leaves hold without them. */
export function usesWithout(seekers: readonly Seeker[], uses: readonly ShareUse[]): readonly ShareUse[] {
  const byLeaf = Map.groupBy(seekers, ({ entry }) => leafId(entry));
  return uses.map((use) => (byLeaf.get(leafId(use)) ?? []).reduce((left, { entry: { demand }, quotas }) => plus(left, heldNoMore(demand, quotas)), use));
}
