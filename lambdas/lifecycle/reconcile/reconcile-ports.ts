import type { Measure } from '../../../core/metrics/catalogue.ts';
import type { CapacityProvider, CooldownStore } from '../../../core/ports/capacity-provider.ts';
import type { Executions } from '../../../core/ports/executions.ts';
import type { PlacementGroups } from '../../../core/ports/placement-groups.ts';
import type { JobKeys } from '../../runtime/job-keys.ts';
import type { SettlePorts } from '../settle-step.ts';

export interface ReconcilePorts extends SettlePorts {
  readonly executions: Executions;
  readonly capacity: CapacityProvider;
  readonly cooldowns: CooldownStore;
  readonly placementGroups: PlacementGroups;
  readonly measure: Measure;
  readonly log: { info(message: string, facts: Record<string, unknown>): void; error(message: string, facts: Record<string, unknown>): void };
}

/**
 * Does one thing of a pass. What it throws is logged and kept for the end of the pass, and the answer is `undefined`
 * then: a job that cannot be looked after keeps no other from its turn. `job`: whom it is for.
 */
export type Guard = <T>(what: string, work: () => Promise<T>, job?: JobKeys) => Promise<T | undefined>;
