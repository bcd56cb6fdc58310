import { boolean, Entity, item, number, string } from 'dynamodb-toolbox';
import type { EpochMs, JobId } from '../../../core/job/ids.ts';
import type { Demand, Hold, Job, JobEvent } from '../../../core/job/job.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import { packed } from './packed.ts';
import { as, bare, type AttributesOf, type ToolboxTable } from './toolbox-table.ts';
import { keys } from './keys.ts';

/** A job, its history and its script: all under the job's partition. */
export function jobEntities(table: ToolboxTable) {
  return {
    job: new Entity({
      ...bare, name: 'job', table, computeKey: ({ jobId }) => keys.job(jobId),
      schema: item({
        jobId: as<JobId>().key(),
        namespace: string().savedAs(tableLayout.indexes.jobs.partitionKey),
        manifest: as<Job['manifest']>(), user: string(), labels: as<Job['labels']>(), priority: number(), runtime: string(),
        runtimeVersion: as<string>().optional(), scheduler: as<NonNullable<Job['scheduler']>>().optional(),
        provider: as<string>().optional(),
        demand: as<Demand>(), ttlSeconds: number(), windDownSeconds: number(), capacityTimeoutSeconds: number(), retry: as<Job['retry']>(),
        hasScript: boolean(), interactive: boolean(), state: as<Job['state']>(), outcome: as<NonNullable<Job['outcome']>>().optional(),
        reason: as<NonNullable<Job['reason']>>().optional(), exitCode: as<number>().optional(), attempt: number(),
        submittedAtMs: as<EpochMs>(), updatedAtMs: as<EpochMs>(), firstAdmittedAtMs: as<EpochMs>().optional(), queuedAtMs: as<EpochMs>().optional(), admittedAtMs: as<EpochMs>().optional(), seekingSinceMs: as<EpochMs>().optional(),
        configuringAtMs: as<EpochMs>().optional(), endedAtMs: as<EpochMs>().optional(), hold: as<Hold>().optional(),
        parked: as<true>().optional(), cancelRequestedBy: as<string>().optional(), releaseRequestedBy: as<string>().optional(),
        cost: as<NonNullable<Job['cost']>>().optional(), revision: number(), eventCount: number(),
      } satisfies AttributesOf<Job>),
    }),
    event: new Entity({
      ...bare, name: 'event', table, computeKey: ({ jobId, number: n }) => keys.event(jobId, n),
      schema: item({
        jobId: as<JobId>().key(), number: number().key(), namespace: string(), atMs: as<EpochMs>(), attempt: number(), type: as<JobEvent['type']>(),
        message: string(), from: as<NonNullable<JobEvent['from']>>().optional(), to: as<NonNullable<JobEvent['to']>>().optional(),
        provider: as<string>().optional(), data: as<NonNullable<JobEvent['data']>>().optional(),
      } satisfies AttributesOf<JobEvent>),
    }),
    script: new Entity({
      ...bare, name: 'script', table, computeKey: ({ jobId }) => keys.script(jobId),
      schema: item({ jobId: as<JobId>().key(), script: as<string>().transform(packed<string>()) }),
    }),
  };
}
