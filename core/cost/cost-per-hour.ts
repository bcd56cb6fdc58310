import { isGoing, type ProviderInstance } from '../capacity/gang.ts';
import { microUsd, type EpochMs, type MicroUsd } from '../job/ids.ts';
import type { Job, Node } from '../job/job.ts';
import { isThere, missingNodes } from '../lifecycle/node-loss.ts';

/** What is known of the machines of an attempt. */
export interface KnownMachines {
  /** None before the gang is whole. */
  readonly nodes: readonly Node[];
  /** As the provider lists them; `undefined`: it could not be asked. */
  readonly listed: readonly ProviderInstance[] | undefined;
}

/**
 * What the machines of a job's attempt cost an hour now, at list price. Of nodes it is what was acquired: the price of type and
 * market at launch of each that still runs; where nobody could be asked for machines, of each that has not been taken out. Before
 * there are nodes it is the bound of the demand, the dearest type of each pool on demand, as soon as one machine is seen. What is
 * not known costs nothing here: an alarm on money must not ring because an answer failed.
 */
export function costPerHour({ attempt, demand }: Pick<Job, 'attempt' | 'demand'>, { nodes, listed }: KnownMachines, nowMs: EpochMs): MicroUsd {
  if (nodes.length > 0) return priceOf(nodes, listed, nowMs);
  const isSeen = (listed ?? []).some((instance) => instance.attempt === attempt && !isGoing(instance));
  return isSeen ? demand.microUsdPerHour : microUsd(0);
}

function priceOf(nodes: readonly Node[], listed: KnownMachines['listed'], nowMs: EpochMs): MicroUsd {
  const missing = new Set(listed === undefined ? [] : missingNodes(nodes, listed, nowMs));
  const running = nodes.filter((node) => isThere(node) && !missing.has(node));
  return microUsd(running.reduce((sum, { microUsdPerHour }) => sum + microUsdPerHour, 0));
}
