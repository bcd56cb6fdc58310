import type { Node } from '../../job/job.ts';
import { headPool, isHeadOnPurpose } from '../../manifest/head.ts';
import type { Manifest, NodePool } from '../../manifest/schema.ts';

/** A pool whose nodes run batch jobs, or all of them but the head node. */
export interface WorkerPool {
  readonly pool: NodePool;
  readonly workers: number;
}

/**
 * Whether batch jobs run on the head node, too: where there is no other node, and where its pool is the head only because
 * it comes first.
 */
export function headComputes(manifest: Pick<Manifest, 'spec'>): boolean {
  const nodes = manifest.spec.nodePools.reduce((sum, { count }) => sum + count, 0);
  return nodes === 1 || !isHeadOnPurpose(headPool(manifest));
}

/** The pools that have workers, in the order of the manifest, with how many. */
export function workerPools(manifest: Pick<Manifest, 'spec'>): readonly WorkerPool[] {
  const head = headPool(manifest);
  const withoutHead = headComputes(manifest) ? 0 : 1;
  return manifest.spec.nodePools
    .map((pool) => ({ pool, workers: pool.count - (pool === head ? withoutHead : 0) }))
    .filter(({ workers }) => workers > 0);
}

/** How many nodes run batch jobs. */
export const workerCount = (manifest: Pick<Manifest, 'spec'>): number => workerPools(manifest).reduce((sum, { workers }) => sum + workers, 0);

/** Those of the nodes that run batch jobs, by rank. */
export function workersAmong(manifest: Pick<Manifest, 'spec'>, nodes: readonly Node[]): readonly Node[] {
  const computes = headComputes(manifest);
  return nodes.filter(({ rank, goneAtMs }) => goneAtMs === undefined && (rank > 0 || computes)).toSorted((a, b) => a.rank - b.rank);
}
