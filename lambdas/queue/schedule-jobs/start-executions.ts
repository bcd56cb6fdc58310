import { InternalError } from '../../../core/errors/orchestrator-error.ts';
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
  await eachOf(jobs, async ({ jobId, attempt }) => {
    const { executionArn } = await ports.executions.start({ jobId, attempt, from: 'acquire', generation: 0 });
    await ports.jobs.recordExecution(jobId, attempt, executionArn);
  });
}

/** Tells parked jobs that their turn has come. Telling twice does nothing. */
export async function answerTurns({ tokens }: StartPorts, turns: readonly ParkedEntry[]): Promise<void> {
  await eachOf(turns, ({ token }) => tokens.answer(token, { kind: 'turn' }));
}

/** One that fails keeps no other from its start; the failure is told when all were tried. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const results = await Promise.allSettled(items.slice(from, from + AT_ONCE).map(work));
    errors.push(...results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
  }
  if (errors.length > 0) throw new InternalError(`${errors.length} of ${items.length} jobs could not be told to start.`, {}, { cause: new AggregateError(errors) });
}
