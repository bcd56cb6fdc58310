import type { Node } from '../job/job.ts';
import type { GangRequest, PoolRequest } from './gang.ts';

/** Nodes of one pool in one zone that are replaced together, and the small gangs that may: the first that can be had does. */
export interface ReplacementGroup {
  readonly nodes: readonly Node[];
  readonly gangs: readonly [GangRequest, ...GangRequest[]];
}

/**
 * Splits nodes by pool and zone: a replacement comes into the place of the old one, else where the job may stand if it
 * may stand in several zones. Same nodes, same groups.
 */
export function replacementGroups(gang: GangRequest, nodes: readonly Node[]): ReplacementGroup[] {
  const ordered = nodes.toSorted((a, b) => a.rank - b.rank);
  return gang.pools.flatMap((pool) => {
    const ofPool = ordered.filter((node) => node.pool === pool.pool);
    const zones = [...new Set(ofPool.map(({ zone }) => zone))];
    return zones.map((zone) => group(gang, pool, zone, ofPool.filter((node) => node.zone === zone)));
  });
}

function group({ maxMicroUsdPerHour: _grantedBefore, ...gang }: GangRequest, pool: PoolRequest, zone: string, nodes: readonly Node[]): ReplacementGroup {
  const instanceTypes = pool.mix === 'Same' ? [...new Set(nodes.map(({ instanceType }) => instanceType))] : pool.instanceTypes;
  const pools = [{ ...pool, instanceTypes, count: nodes.length }];
  const inPlace: GangRequest = { ...gang, zones: [zone], spread: 'Single', pools };
  return { nodes, gangs: gang.spread === 'Single' ? [inPlace] : [inPlace, { ...gang, pools }] };
}
