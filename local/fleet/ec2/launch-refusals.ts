import type { FleetContext } from '../context.ts';
import { INSTANCE_TYPES, networkCards, placementStrategies } from '../facts/facts.ts';
import type { FleetOverride } from '../model.ts';
import type { Pool } from './fleet-pools.ts';
import { availableGroup, unknownGroup } from './placement-groups.ts';
import type { PoolRefusal } from './pool-offer.ts';

/** The pools in which EC2 launches nothing, however much there is, with its reasons. */
export function impossiblePools(pools: readonly Pool[], context: FleetContext): Map<FleetOverride, PoolRefusal> {
  const refused = new Map<FleetOverride, PoolRefusal>();
  for (const { override } of pools) {
    const refusal = groupRefusal(override, context) ?? interfaceRefusal(override);
    if (refusal !== undefined) {
      refused.set(override, refusal);
    }
  }
  return refused;
}

function groupRefusal({ group, type }: FleetOverride, context: FleetContext): PoolRefusal | undefined {
  if (group === undefined) {
    return undefined;
  }
  const found = availableGroup(group, context);
  if (found === undefined) {
    return unknownGroup(group);
  }
  if (placementStrategies(type).includes(found.strategy)) {
    return undefined;
  }
  const strategy = `${found.strategy.charAt(0).toUpperCase()}${found.strategy.slice(1)}`;
  return {
    code: 'InvalidParameterCombination',
    message: `${strategy} placement groups are not supported by the '${type}' instance type. Specify a supported instance type or change the placement group strategy, and try again.`,
  };
}

/** A type has so many cards, one interface that carries EFA on each, and so many of these in all. */
function interfaceRefusal({ type, interfaces = [] }: FleetOverride): PoolRefusal | undefined {
  const efa = interfaces.filter(({ kind }) => kind !== 'interface');
  const most = INSTANCE_TYPES.get(type)?.efaInterfaces ?? 0;
  if (efa.length > 0 && most === 0) {
    return { code: 'UnsupportedOperation', message: `EFA interfaces are not supported on ${type}` };
  }
  if (efa.length > most) {
    return tooMany(efa.length, type);
  }
  const beyond = interfaces.find(({ cardIndex }) => cardIndex >= networkCards(type));
  if (beyond !== undefined) {
    return { code: 'AttachmentLimitExceeded', message: `Interface count 1 exceeds the limit for ${type} on Network Card ${beyond.cardIndex}` };
  }
  const crowded = [...Map.groupBy(efa, ({ cardIndex }) => cardIndex).values()].find((onCard) => onCard.length > 1);
  return crowded === undefined ? undefined : tooMany(crowded.length, type);
}

function tooMany(count: number, type: string): PoolRefusal {
  return { code: 'AttachmentLimitExceeded', message: `Interface count ${count} exceeds the limit for ${type}` };
}
