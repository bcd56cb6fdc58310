import { microUsd } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { GangRequest, PoolRequest } from './gang.ts';

/** Nodes of one pool in one zone that are replaced together, and the small gangs that may: the first that can be had does. */
export interface ReplacementGroup {
  readonly nodes: readonly Node[];
  readonly gangs: readonly [GangRequest, ...GangRequest[]];
}

/**
 * Splits nodes by pool and zone: a replacement comes into the place of the old one, else where the job may stand if it
 * may stand in several zones. Where all its Spot offerings cool since machines were taken back there, nothing else may
 * be left to a job of one type in one zone: those are asked last. Same nodes, same groups.
 */
export function replacementGroups(gang: GangRequest, nodes: readonly Node[]): ReplacementGroup[] {
  const ordered = nodes.toSorted((a, b) => a.rank - b.rank);
  return gang.pools.flatMap((pool) => {
    const ofPool = ordered.filter((node) => node.pool === pool.pool);
    const zones = [...new Set(ofPool.map(({ zone }) => zone))];
    return zones.map((zone) => group(gang, pool, zone, ofPool.filter((node) => node.zone === zone)));
  });
}

function group(gang: GangRequest, pool: PoolRequest, zone: string, nodes: readonly Node[]): ReplacementGroup {
  const instanceTypes = pool.mix === 'Same' ? [...new Set(nodes.map(({ instanceType }) => instanceType))] : pool.instanceTypes;
  const pools = [{ ...pool, instanceTypes, count: nodes.length }];
  const inPlace: GangRequest = { ...gang, zones: [zone], spread: 'Single', pools };
  const elsewhere: readonly GangRequest[] = gang.spread === 'Single' ? [] : [{ ...gang, pools }];
  const despiteReclaims: readonly GangRequest[] = pool.purchaseOption === 'OnDemand' ? [] : [{ ...inPlace, despiteReclaims: true }];
  return { nodes, gangs: [inPlace, ...elsewhere, ...despiteReclaims] };
}

/** The gang with what nodes that it has cost taken off its ceiling, if it has one: others may cost the rest. */
export function besides(gang: GangRequest, nodes: readonly Node[]): GangRequest {
  if (gang.maxMicroUsdPerHour === undefined) return gang;
  const spent = nodes.reduce((sum, { microUsdPerHour }) => sum + microUsdPerHour, 0);
  return { ...gang, maxMicroUsdPerHour: microUsd(Math.max(0, gang.maxMicroUsdPerHour - spent)) };
}
