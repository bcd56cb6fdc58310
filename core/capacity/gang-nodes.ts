import type { InstanceId } from '../job/ids.ts';
import { microUsd } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { GangRequest, ProviderInstance } from './gang.ts';
import type { HeldInstance } from './launch-progress.ts';
import type { MarketView } from './market-view.ts';
import { priceOf } from './market-view.ts';

type Visible = ReadonlyMap<InstanceId, ProviderInstance>;

/** Names a whole gang: `<pool>-<index>`, ranks through the pools in the order of the request, whose first is the head's. */
export function nodesOfGang(gang: GangRequest, held: readonly HeldInstance[], visible: Visible, view: MarketView): Node[] {
  let rank = 0;
  return gang.pools.flatMap((pool) =>
    held
      .filter((instance) => instance.pool === pool.pool)
      .slice(0, pool.count)
      .map((instance, index) => toNode(instance, { name: `${pool.pool}-${index}`, rank: rank++ }, visible, view)),
  );
}

/** Gives new machines the places of those they replace. */
export function replacementNodes(replaced: readonly Node[], held: readonly HeldInstance[], visible: Visible, view: MarketView): Node[] {
  return replaced.flatMap((node, index) => {
    const instance = held[index];
    return instance ? [toNode(instance, { name: node.name, rank: node.rank }, visible, view)] : [];
  });
}

function toNode(instance: HeldInstance, place: Pick<Node, 'name' | 'rank'>, visible: Visible, view: MarketView): Node {
  const seen = visible.get(instance.instanceId);
  const { pool, instanceId, instanceType, zone, market } = instance;
  return {
    ...place,
    pool,
    instanceId,
    instanceType,
    zone,
    market,
    address: seen?.address ?? '',
    launchedAtMs: seen?.launchedAtMs ?? instance.launchedAtMs,
    microUsdPerHour: microUsd(Math.round(priceOf(instance, view))),
  };
}
