import type { InstanceId } from '../job/ids.ts';
import { microUsd } from '../job/ids.ts';
import type { Node, NodeHardware } from '../job/job.ts';
import type { InstanceTypeFacts } from '../ports/capacity-provider.ts';
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
  const facts = view.types.get(instanceType);
  return {
    ...place,
    pool,
    instanceId,
    instanceType,
    zone,
    market,
    address: seen?.address ?? '',
    ...(facts === undefined ? {} : { hardware: hardwareOf(facts) }),
    launchedAtMs: seen?.launchedAtMs ?? instance.launchedAtMs,
    microUsdPerHour: microUsd(Math.round(priceOf(instance, view))),
    ...(market === 'spot' && facts !== undefined && facts.microUsdPerHour > 0 ? { onDemandMicroUsdPerHour: microUsd(Math.round(facts.microUsdPerHour)) } : {}),
  };
}

/**
 * Where nobody says how many cores a type has, as many as nearly all types have: x86 runs two threads on a core, arm64 one.
 * Who counts too few of them leaves some idle, who counts threads as cores slows each task down.
 */
export function hardwareOf({ vcpus, cores, memoryMiB, gpus, architecture }: InstanceTypeFacts): NodeHardware {
  const usual = architecture === 'arm64' ? vcpus : Math.max(1, Math.ceil(vcpus / 2));
  return { vcpus, cores: cores ?? usual, memoryMiB, gpus };
}
