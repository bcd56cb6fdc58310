import { Entity, item, number } from 'dynamodb-toolbox';
import type { JobId } from '../../../core/job/ids.ts';
import type { SimulatedAttempt, SimulatedMachine } from '../simulated/simulated-records.ts';
import { keys } from './keys.ts';
import { packed } from './packed.ts';
import { as, bare, type ToolboxTable } from './toolbox-table.ts';

/**
 * Attempts in the simulated cloud, in a partition of their job, and beside each its machines that live, all in one: that
 * is read by whoever looks for machines.
 */
export function simulatedEntities(table: ToolboxTable) {
  return {
    simulated: new Entity({
      ...bare, name: 'simulated', table, computeKey: ({ jobId, attempt }) => keys.simulated(jobId, attempt),
      schema: item({
        jobId: as<JobId>().key(), attempt: number().key(), simulated: as<Omit<SimulatedAttempt, 'jobId' | 'attempt'>>().transform(packed<Omit<SimulatedAttempt, 'jobId' | 'attempt'>>()),
        simulatedRevision: number(), expiresAt: number().optional(),
      }),
    }),
    simulatedLiving: new Entity({
      ...bare, name: 'simulatedLiving', table, computeKey: ({ jobId, attempt }) => keys.simulatedLiving(jobId, attempt),
      schema: item({ jobId: as<JobId>().key(), attempt: number().key(), living: as<readonly SimulatedMachine[]>().transform(packed<readonly SimulatedMachine[]>()) }),
    }),
  };
}
