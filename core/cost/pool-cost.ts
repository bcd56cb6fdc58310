import { microUsd, type EpochMs, type MicroUsd } from '../job/ids.ts';
import type { Node, PoolCost } from '../job/job.ts';

const MS_PER_HOUR = 3_600_000;
/** EC2 bills Linux by the second, a minute at least. */
const LEAST_BILLED_MS = 60_000;

/** What the price of a node is made of. */
export type PricedNode = Pick<Node, 'pool' | 'market' | 'launchedAtMs' | 'goneAtMs' | 'microUsdPerHour' | 'onDemandMicroUsdPerHour'>;

/** What nodes cost from launch until they were gone, or until `nowMs`, by pool and market in their order. */
export function costByPool(nodes: readonly PricedNode[], nowMs: EpochMs): readonly PoolCost[] {
  return addCosts(nodes.map((node) => costOfNode(node, nowMs)));
}

function costOfNode({ pool, market, launchedAtMs, goneAtMs, microUsdPerHour: price, onDemandMicroUsdPerHour: listed = price }: PricedNode, nowMs: EpochMs): PoolCost {
  const ms = Math.max(LEAST_BILLED_MS, (goneAtMs ?? nowMs) - launchedAtMs);
  const at = (perHour: number): MicroUsd => microUsd(Math.round((perHour * ms) / MS_PER_HOUR));
  return { pool, market, nodes: 1, seconds: Math.round(ms / 1000), microUsd: at(price), savedMicroUsd: at(Math.max(0, listed - price)) };
}

/** Adds up what belongs together: each pool and market once, in the order in which they come. */
export function addCosts(...lists: readonly (readonly PoolCost[])[]): readonly PoolCost[] {
  const groups = Map.groupBy(lists.flat(), ({ pool, market }) => JSON.stringify([pool, market]));
  return [...groups.values()].map((group) => group.reduce(sumOfTwo));
}

function sumOfTwo(one: PoolCost, other: PoolCost): PoolCost {
  return {
    pool: one.pool,
    market: one.market,
    nodes: one.nodes + other.nodes,
    seconds: one.seconds + other.seconds,
    microUsd: microUsd(one.microUsd + other.microUsd),
    savedMicroUsd: microUsd(one.savedMicroUsd + other.savedMicroUsd),
  };
}

/** The sum of all pools. */
export function totalCost(pools: readonly PoolCost[]): Pick<PoolCost, 'nodes' | 'seconds' | 'microUsd' | 'savedMicroUsd'> {
  const sum = (amount: 'nodes' | 'seconds' | 'microUsd' | 'savedMicroUsd'): number => pools.reduce((all, pool) => all + pool[amount], 0);
  return { nodes: sum('nodes'), seconds: sum('seconds'), microUsd: microUsd(sum('microUsd')), savedMicroUsd: microUsd(sum('savedMicroUsd')) };
}

/** An hour of one machine is one. */
export const nodeHours = ({ seconds }: Pick<PoolCost, 'seconds'>): number => seconds / 3600;
