import { Entity, item, number } from 'dynamodb-toolbox';
import type { JobId } from '../../../core/job/ids.ts';
import type { SimulatedAttempt } from '../simulated/simulated-records.ts';
import { keys } from './keys.ts';
import { packed } from './packed.ts';
import { as, bare, type ToolboxTable } from './toolbox-table.ts';

/** Attempts in the simulated cloud, all in one partition: rehearsals are few. */
export function simulatedEntities(table: ToolboxTable) {
  return {
    simulated: new Entity({
      ...bare, name: 'simulated', table, computeKey: ({ jobId, attempt }) => keys.simulated(jobId, attempt),
      schema: item({
        jobId: as<JobId>().key(), attempt: number().key(), simulated: as<Omit<SimulatedAttempt, 'jobId' | 'attempt'>>().transform(packed<Omit<SimulatedAttempt, 'jobId' | 'attempt'>>()),
        simulatedRevision: number(), expiresAt: number().optional(),
      }),
    }),
  };
}
