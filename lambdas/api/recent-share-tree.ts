import type { Clock } from '../../core/ports/clock.ts';
import type { ShareStore } from '../../core/ports/share-store.ts';
import { defaultShareTree, type ShareTree } from '../../core/shares/share-tree.ts';

/**
 * How long what was read is good enough to refuse a job by. To limits, guarantees and quotas the scheduler holds every job
 * by the tree in force; `maxPriority` and `pendingJobs` are asked here alone, so that they may lag by so much.
 */
const REMEMBER_MS = 5000;

/** The share tree in force, or the one of a moment ago: read once for many submissions. */
export function recentShareTree(shares: Pick<ShareStore, 'current'>, clock: Clock): () => Promise<ShareTree> {
  let known: { readonly tree: ShareTree; readonly atMs: number } | undefined;
  return async () => {
    const nowMs = clock.now();
    if (known === undefined || nowMs - known.atMs >= REMEMBER_MS) known = { tree: (await shares.current())?.tree ?? defaultShareTree, atMs: nowMs };
    return known.tree;
  };
}
