import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { ParkedEntry } from '../../../core/lifecycle/change.ts';
import type { Executions, TaskTokens } from '../../../core/ports/executions.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';

export interface StartPorts {
  readonly jobs: Pick<JobStore, 'recordExecution'>;
  readonly executions: Pick<Executions, 'start'>;
  readonly tokens: TaskTokens;
}

/** StartExecution has a burst of 500 or more in every Region; a few at a time keep memory and sockets small. */
const AT_ONCE = 10;

/**
 * Starts the execution of each admitted job's attempt. The name is derived from job and attempt, so that starting twice
 * starts once; a crash before the ARN is written is mended by the reconciler in the same way.
 */
export async function startExecutions(ports: StartPorts, jobs: readonly Job[]): Promise<void> {
  await eachOf('told to start', jobs, async ({ jobId, attempt }) => {
    const { executionArn } = await ports.executions.start({ jobId, attempt, from: 'acquire', generation: 0 });
    await ports.jobs.recordExecution(jobId, attempt, executionArn);
  });
}

/** Tells parked jobs that their turn has come. Telling twice does nothing. */
export async function answerTurns({ tokens }: StartPorts, turns: readonly ParkedEntry[]): Promise<void> {
  await eachOf('told to start', turns, ({ token }) => tokens.answer(token, { kind: 'turn' }));
}

/** Jobs that a failure names: it may concern all that a cycle starts. */
const MOST_NAMED = 20;

/** One that fails keeps no other from its turn; the failure is told when all were tried, with the jobs that it concerns. */
export async function eachOf<T extends OneOrMany>(done: string, items: readonly T[], work: (item: T) => Promise<unknown>, atOnce = AT_ONCE): Promise<void> {
  const errors: unknown[] = [];
  const jobIds: unknown[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    const some = items.slice(from, from + atOnce);
    const results = await Promise.allSettled(some.map(work));
    for (const [i, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      errors.push(result.reason);
      jobIds.push(...named(some[i], result.reason));
    }
  }
  if (errors.length === 0) return;
  throw new InternalError(`${errors.length} of ${items.length} jobs could not be ${done}.`, { jobIds: jobIds.slice(0, MOST_NAMED) }, { cause: new AggregateError(errors) });
}

/** A job, or several that are taken one after another, whose failures name them. */
type OneOrMany = { readonly jobId: JobId } | readonly object[];

function named(item: OneOrMany | undefined, reason: unknown): readonly unknown[] {
  if (item !== undefined && 'jobId' in item) return [item.jobId];
  const told: unknown = reason instanceof InternalError ? reason.details['jobIds'] : undefined;
  return Array.isArray(told) ? told : [];
}
