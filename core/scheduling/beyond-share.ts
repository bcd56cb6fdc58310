import type { Job } from '../job/job.ts';
import type { ManifestProblem } from '../manifest/problems.ts';
import { namespaceShare, type ShareTree } from '../shares/share-tree.ts';
import { limitedAmounts, vectorOf } from './amounts.ts';
import { placeText, withUnit } from './obstacle-text.ts';
import { QuotaState } from './quota-state.ts';
import { layOutShares, leafId } from './share-nodes.ts';

/** A problem of a job with what its share allows. */
export type BeyondShare = Pick<ManifestProblem, 'path' | 'message' | 'value'> & { readonly code: 'limit-exceeded' };

/** The problem of a priority above the ceiling of its namespace; `path` is where the priority was given. */
export function beyondPriority(priority: number, namespace: string, tree: ShareTree, path: string): BeyondShare | undefined {
  const { maxPriority } = namespaceShare(tree, namespace);
  if (priority <= maxPriority) return undefined;
  return { code: 'limit-exceeded', path, message: `is ${priority}; jobs of namespace ${namespace} may have ${maxPriority} at most`, value: priority };
}

/** Where a job asks for more than a limit on its path, or an account quota, would ever allow: it would wait for ever. */
export function beyondLimits({ namespace, user, demand }: Pick<Job, 'namespace' | 'user' | 'demand'>, tree: ShareTree, maxRunningJobs: number): BeyondShare | undefined {
  const { nodes, leaves } = layOutShares(tree, maxRunningJobs, [{ namespace, user }]);
  const vector = vectorOf(demand);
  for (let node = nodes[leaves.get(leafId({ namespace, user })) ?? 0]; node !== undefined; node = nodes[node.parent]) {
    const { limits, place } = node;
    for (const [i, amount] of limitedAmounts.entries()) {
      const [asked, limit] = [vector[i] ?? 0, limits[i] ?? Number.POSITIVE_INFINITY];
      if (asked > limit) return tooMuch(`ask for ${withUnit(amount, asked)}; ${placeText(place)} may hold ${withUnit(amount, limit)} at most`, asked);
    }
  }
  const quotas = new QuotaState(tree.quotas, new Map());
  if (quotas.hasRoomEver(demand.pools)) return undefined;
  const short = quotas.shortage(demand.pools);
  const limits = short.quotas.map(({ quota, limit }) => `${quota} ${limit}`).join(', ');
  return tooMuch(`ask for ${withUnit('vcpus', short.asked)} of an account quota that is smaller (${limits})`, short.asked);
}

const tooMuch = (message: string, value: number): BeyondShare => ({ code: 'limit-exceeded', path: 'spec.nodePools', message, value });
