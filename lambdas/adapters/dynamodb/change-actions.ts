import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $set } from 'dynamodb-toolbox/entity/actions/update';
import type { JobId } from '../../../core/job/ids.ts';
import type { Attempt, Hold, Job, JobEvent } from '../../../core/job/job.ts';
import type { JobChange, QueueEntry } from '../../../core/lifecycle/change.ts';
import { keys } from './keys.ts';
import type { Action, OrchestratorTable } from './orchestrator-table.ts';

type Entities = OrchestratorTable['entities'];

const present = { condition: { attr: 'jobId', exists: true } } as const;
const absent = { condition: { attr: 'jobId', exists: false } } as const;

/**
 * A change as writes of one transaction. The job's revision fences them all: whoever decided on an older job is
 * refused, whatever else the change touches. The job's own write comes first.
 */
export function changeActions(entities: Entities, change: JobChange): Action[] {
  const { before, after, attempt, newHold, park, release } = change;
  return [
    entities.job.build(PutTransaction).item(after).options({ condition: { attr: 'revision', eq: before.revision } }),
    ...change.events.map((event) => appendEvent(entities, event)),
    ...(attempt === undefined ? [] : [entities.attempt.build(PutTransaction).item(attemptItem(attempt))]),
    ...(newHold === undefined ? [] : [attemptHolds(entities, after, newHold)]),
    ...queueActions(entities, change.enqueue, change.dequeue),
    ...(park === undefined ? [] : [entities.parked.build(PutTransaction).item(park)]),
    ...(change.unpark === undefined || park !== undefined ? [] : [entities.parked.build(DeleteTransaction).key({ jobId: before.jobId })]),
    ...(release === undefined ? [] : [entities.release.build(PutTransaction).item(release)]),
  ];
}

/** An update, so that the execution that is recorded meanwhile stays. */
function attemptHolds({ attempt }: Entities, job: Job, hold: Hold): Action {
  return attempt.build(UpdateTransaction).item({ jobId: job.jobId, attempt: job.attempt, hold: $set(hold) }).options({ condition: { attr: 'admittedAtMs', exists: true } });
}

/** A history is only ever appended to. */
export function appendEvent(entities: Entities, event: JobEvent): Action {
  return entities.event.build(PutTransaction).item(event).options({ condition: { attr: 'number', exists: false } });
}

/** An entry enters the queue once and leaves it once; one whose place does not change stays where it is. */
export function queueActions(entities: Entities, enqueue: QueueEntry | undefined, dequeue: QueueEntry | undefined): Action[] {
  const { queued } = entities;
  if (enqueue !== undefined && dequeue !== undefined && keys.queued(enqueue).sk === keys.queued(dequeue).sk) {
    return [queued.build(PutTransaction).item(enqueue).options(present)];
  }
  return [
    ...(enqueue === undefined ? [] : [queued.build(PutTransaction).item(enqueue).options(absent)]),
    ...(dequeue === undefined ? [] : [queued.build(DeleteTransaction).key(dequeue).options(present)]),
  ];
}

/** Whoever no longer holds the lease writes nothing. */
export function leaseHeld(entities: Entities, epoch: number): Action {
  return entities.lease.build(ConditionCheck).key(keys.lease).condition({ attr: 'epoch', eq: epoch });
}

/** The same, and what is looking for machines from now on. */
export function leaseHeldBy(entities: Entities, epoch: number, launching: readonly JobId[]): Action {
  return entities.lease.build(UpdateTransaction).item({ ...keys.lease, launching: $set([...launching]) }).options({ condition: { attr: 'epoch', eq: epoch } });
}

/** As it is stored: `active` is whether the attempt stands in the sparse index. */
export function attemptItem({ active, ...attempt }: Attempt) {
  return { ...attempt, ...(active ? { activeJobId: attempt.jobId } : {}) };
}

/** The inverse of `attemptItem`. */
export function attemptOf({ activeJobId, ...attempt }: ReturnType<typeof attemptItem>): Attempt {
  return { ...attempt, active: activeJobId !== undefined };
}
