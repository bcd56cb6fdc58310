import type { EpochMs } from '../job/ids.ts';
import type { Job, PoolCost } from '../job/job.ts';
import { addCosts, costByPool, type PricedNode } from './pool-cost.ts';

/**
 * What a job cost so far, over all of its attempts. Its record has what attempts cost whose machines are gone, the one
 * that it ended with included; `nodes` are those of an attempt that is not in it yet, none where there is no such.
 */
export function jobCost({ cost = [] }: Pick<Job, 'cost'>, nodes: readonly PricedNode[], nowMs: EpochMs): readonly PoolCost[] {
  return addCosts(cost, costByPool(nodes, nowMs));
}

/** The job's record with what another of its attempts cost. */
export function withCost<Costed extends Pick<Job, 'cost'>>(job: Costed, attempt: readonly PoolCost[]): Costed {
  return attempt.length === 0 ? job : { ...job, cost: addCosts(job.cost ?? [], attempt) };
}
