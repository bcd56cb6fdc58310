import type { ImpairedInstance, ProviderInstance } from '../capacity/gang.ts';
import type { EpochMs } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import { isThere } from './node-loss.ts';

/** A machine that only starts again is reached after less, most of them; what ran on it is lost either way. */
const HUNG_AFTER_MS = 300_000;
/** Fewer in a zone may be one small job that has used up the memory of its machines. */
const FEWEST_IN_TROUBLE = 10;
const SHARE_IN_TROUBLE = 0.5;

/** Nodes that the provider has not reached for so long that nothing is to be hoped for of them. */
export function hungNodes(nodes: readonly Node[], impaired: readonly ImpairedInstance[], nowMs: EpochMs): readonly Node[] {
  const hung = new Set(impaired.filter(({ sinceMs }) => nowMs - sinceMs >= HUNG_AFTER_MS).map(({ instanceId }) => instanceId));
  return nodes.filter((node) => isThere(node) && hung.has(node.instanceId));
}

/** A zone of which the provider does not reach many machines. */
interface TroubledZone {
  readonly zone: string;
  readonly impaired: number;
  readonly running: number;
}

/** Machines of the deployment that are not reached: those that `hang` each by itself, and how many do in zones that are in trouble. */
export interface Impairment {
  readonly hang: readonly ImpairedInstance[];
  readonly zones: readonly TroubledZone[];
}

/**
 * Where half or more of the running machines of a zone, ten at least, are not reached at the same time, it is the zone
 * that has a problem, or the provider's view of it, and not the machines: they may work, and others would be no better.
 */
export function impairmentOf(instances: readonly ProviderInstance[], impaired: readonly ImpairedInstance[]): Impairment {
  const known = new Map(impaired.map((instance) => [instance.instanceId, instance]));
  const running = instances.filter(({ state }) => state === 'running');
  const hang: ImpairedInstance[] = [];
  const zones: TroubledZone[] = [];
  // Zones of two providers may have the same name.
  for (const machines of Map.groupBy(running, ({ provider = '', zone }) => `${provider}/${zone}`).values()) {
    const unreached = machines.flatMap(({ instanceId }) => known.get(instanceId) ?? []);
    if (unreached.length >= FEWEST_IN_TROUBLE && unreached.length >= machines.length * SHARE_IN_TROUBLE) {
      zones.push({ zone: machines[0]?.zone ?? '', impaired: unreached.length, running: machines.length });
    } else hang.push(...unreached);
  }
  return { hang, zones };
}
