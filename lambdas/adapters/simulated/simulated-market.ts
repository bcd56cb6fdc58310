import type { Offering } from '../../../core/capacity/offering.ts';
import { offeringKey } from '../../../core/capacity/offering.ts';
import type { SimulatedCapacity, SimulatedProviderSettings } from '../../../core/deployment/deployment.ts';
import type { SimulatedMachine } from './simulated-records.ts';

/** What is free of an offering, and with which code a launch fails for want of more. */
export interface Room {
  readonly offering: Offering;
  readonly free: number;
  readonly code: string;
}

/** Whether there is not as much of each offering as anybody asks for. */
export function isBounded(offerings: readonly Offering[], settings: SimulatedProviderSettings): boolean {
  return offerings.some((offering) => ruleOf(settings, offering) !== undefined);
}

function ruleOf({ capacity }: SimulatedProviderSettings, offering: Offering): SimulatedCapacity | undefined {
  return capacity.findLast((each) => matches(each, offering));
}

/** What is left of each offering beside the machines that live. */
export function roomOf(offerings: readonly Offering[], settings: SimulatedProviderSettings, machines: readonly SimulatedMachine[]): Room[] {
  const living = new Map<string, number>();
  for (const machine of machines) living.set(offeringKey(machine), 1 + (living.get(offeringKey(machine)) ?? 0));
  return offerings.map((offering) => {
    const rule = ruleOf(settings, offering);
    const total = rule?.machines ?? Number.POSITIVE_INFINITY;
    return { offering, free: Math.max(0, total - (living.get(offeringKey(offering)) ?? 0)), code: rule?.code ?? 'InsufficientInstanceCapacity' };
  });
}

function matches(rule: SimulatedCapacity, offering: Offering): boolean {
  return (['instanceType', 'zone', 'market'] as const).every((part) => rule[part] === undefined || rule[part] === offering[part]);
}

/** The rooms of the type of which there is most, for a pool whose machines are all of one type. */
export function roomiestType(rooms: readonly Room[]): readonly Room[] {
  const total = (of: readonly Room[]): number => of.reduce((sum, { free }) => sum + free, 0);
  return [...Map.groupBy(rooms, ({ offering }) => offering.instanceType).values()].toSorted((a, b) => total(b) - total(a))[0] ?? [];
}
