import { Entity, item, number, string } from 'dynamodb-toolbox';
import type { EpochMs, JobId } from '../../../core/job/ids.ts';
import type { Demand } from '../../../core/job/job.ts';
import type { LimitRelease, ParkedEntry, QueueEntry } from '../../../core/lifecycle/change.ts';
import type { ShareUse } from '../../../core/scheduling/plan-cycle.ts';
import { as, bare, type AttributesOf, type ToolboxTable } from './toolbox-table.ts';
import { keys } from './keys.ts';

/** What waits, and what is held. */
export function queueEntities(table: ToolboxTable) {
  const entry = { jobId: as<JobId>().key(), namespace: string().key(), priority: number().key(), submittedAtMs: as<EpochMs>().key(), demand: as<Demand>() } satisfies AttributesOf<QueueEntry>;
  return {
    queued: new Entity({ ...bare, name: 'queued', table, computeKey: keys.queued, schema: item(entry) }),
    parked: new Entity({
      ...bare, name: 'parked', table, computeKey: ({ jobId }) => keys.parked(jobId),
      schema: item({
        jobId: as<JobId>().key(), namespace: string(), attempt: number(), priority: number(), submittedAtMs: as<EpochMs>(), demand: as<Demand>(),
        token: string(), sinceMs: as<EpochMs>(), untilMs: as<EpochMs>(), turnGivenAtMs: as<EpochMs>().optional(),
      } satisfies AttributesOf<ParkedEntry>),
    }),
    leaf: new Entity({
      ...bare, name: 'leaf', table, computeKey: ({ namespace }) => keys.leaf(namespace),
      schema: item({ namespace: string().key(), touchedAtMs: number() }),
    }),
    share: new Entity({
      ...bare, name: 'share', table, computeKey: ({ namespace }) => keys.share(namespace),
      schema: item({ namespace: string().key(), runningJobs: number(), nodes: number(), microUsdPerHour: number() } satisfies AttributesOf<ShareUse>),
    }),
    release: new Entity({
      ...bare, name: 'release', table, computeKey: keys.release,
      schema: item({ jobId: as<JobId>().key(), attempt: number().key(), cause: number().key(), namespace: string(), demand: as<Demand>() } satisfies AttributesOf<LimitRelease>),
    }),
  };
}
