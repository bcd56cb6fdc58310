import { Entity, item, map, number, string } from 'dynamodb-toolbox';
import type { LaunchRecord } from '../../../core/capacity/gang.ts';
import type { EpochMs, JobId, MicroUsd } from '../../../core/job/ids.ts';
import type { Amounts, Attempt, Hold, Node } from '../../../core/job/job.ts';
import type { StepRecord, Wait } from '../../../core/lifecycle/wait.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import { packed } from './packed.ts';
import { as, bare, type AttributesOf, type ToolboxTable } from './toolbox-table.ts';
import { keys } from './keys.ts';

/** What of a launch is not in its key. */
type StoredLaunch = Omit<LaunchRecord, 'jobId' | 'attempt' | 'ordinal'>;

/** What the attempts of a job leave behind, and the token that the running one waits for: all under the job's partition. */
export function attemptEntities(table: ToolboxTable) {
  const perAttempt = { jobId: as<JobId>().key(), attempt: number().key() };
  // Of a known form, so that an update may replace it: one of any object only adds to what is there.
  const hold = map({ sinceMs: as<EpochMs>(), endsByMs: as<EpochMs>(), quotas: as<Hold['quotas']>() } satisfies AttributesOf<Hold>);
  return {
    attempt: new Entity({
      ...bare, name: 'attempt', table, computeKey: ({ jobId, attempt }) => keys.attempt(jobId, attempt),
      schema: item({
        ...perAttempt,
        namespace: string(), state: as<Attempt['state']>(), outcome: as<NonNullable<Attempt['outcome']>>().optional(),
        reason: as<NonNullable<Attempt['reason']>>().optional(), admittedAtMs: as<EpochMs>(), endedAtMs: as<EpochMs>().optional(),
        executionArn: as<string>().optional(), user: string(), amounts: as<Amounts>(), hold, costMicroUsd: as<MicroUsd>().optional(),
        /** Present while machines may exist: it is what puts the attempt into the sparse index. */
        activeJobId: as<JobId>().savedAs(tableLayout.indexes.active.partitionKey).optional(),
      } satisfies AttributesOf<Omit<Attempt, 'active'> & { activeJobId: JobId }>),
    }),
    nodes: new Entity({
      ...bare, name: 'nodes', table, computeKey: ({ jobId, attempt }) => keys.nodes(jobId, attempt),
      schema: item({ ...perAttempt, nodes: as<readonly Node[]>().transform(packed<readonly Node[]>()) }),
    }),
    launch: new Entity({
      ...bare, name: 'launch', table, computeKey: ({ jobId, attempt, ordinal }) => keys.launch(jobId, attempt, ordinal),
      schema: item({
        ...perAttempt, ordinal: number().key(),
        launch: as<StoredLaunch>().transform(packed<StoredLaunch>()),
      }),
    }),
    step: new Entity({
      ...bare, name: 'step', table, computeKey: ({ jobId, attempt, step }) => keys.step(jobId, attempt, step),
      schema: item({ ...perAttempt, step: string().key(), record: as<Omit<StepRecord, 'jobId' | 'attempt' | 'step'>>() }),
    }),
    note: new Entity({
      ...bare, name: 'note', table, computeKey: ({ jobId, attempt, about }) => keys.note(jobId, attempt, about),
      schema: item({ ...perAttempt, about: string().key() }),
    }),
    wait: new Entity({
      ...bare, name: 'wait', table, computeKey: ({ jobId }) => keys.wait(jobId),
      schema: item({ jobId: as<JobId>().key(), wait: as<Omit<Wait, 'jobId'>>() }),
    }),
  };
}
