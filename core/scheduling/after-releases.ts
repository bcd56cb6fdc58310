import { microUsd } from '../job/ids.ts';
import type { QuotaKey } from '../job/job.ts';
import type { LimitRelease } from '../lifecycle/change.ts';
import { entriesOf } from './quota-state.ts';
import { leafId } from './share-nodes.ts';
import type { ShareUse } from './snapshot.ts';
import { chargeForRelease } from './usage.ts';

/** What the leaves hold and have used once these ends are counted: what the store makes of them. */
export function afterReleases(uses: readonly ShareUse[], releases: readonly LimitRelease[]): readonly ShareUse[] {
  if (releases.length === 0) return uses;
  const byLeaf = Map.groupBy(releases, leafId);
  return uses.map((use) => (byLeaf.get(leafId(use)) ?? []).reduce(afterRelease, use));
}

function afterRelease(use: ShareUse, release: LimitRelease): ShareUse {
  const { amounts, hold } = release;
  const quotas: Partial<Record<QuotaKey, number>> = { ...use.quotas };
  for (const [key, vcpus] of entriesOf(hold.quotas)) quotas[key] = (quotas[key] ?? 0) - vcpus;
  return {
    ...use,
    runningJobs: use.runningJobs - 1,
    nodes: use.nodes - amounts.nodes,
    vcpus: use.vcpus - amounts.vcpus,
    gpus: use.gpus - amounts.gpus,
    microUsdPerHour: microUsd(use.microUsdPerHour - amounts.microUsdPerHour),
    quotas,
    usage: use.usage + chargeForRelease(release, use),
  };
}
