import type { LimitRelease } from '../lifecycle/change.ts';
import { leafId } from './share-nodes.ts';
import type { ShareUse } from './snapshot.ts';
import { givenBackBy, plus } from './use-change.ts';

/** What the leaves hold and have used once these ends are counted: what the store makes of them. */
export function afterReleases(uses: readonly ShareUse[], releases: readonly LimitRelease[]): readonly ShareUse[] {
  if (releases.length === 0) return uses;
  const byLeaf = Map.groupBy(releases, leafId);
  return uses.map((use) => (byLeaf.get(leafId(use)) ?? []).reduce((sum, release) => plus(sum, givenBackBy(release, use)), use));
}
