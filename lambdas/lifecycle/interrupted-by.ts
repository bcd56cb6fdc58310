import type { Interruption } from '../../core/capacity/gang.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import { isTerminal } from '../../core/lifecycle/states.ts';
import { isCancelDue } from '../../core/lifecycle/stop-answer.ts';
import { timeOver } from '../../core/lifecycle/time-over.ts';
import type { Interrupted } from '../../core/ports/capacity-provider.ts';
import type { JobPorts } from './current-job.ts';

/**
 * What stops the search for machines of an attempt, asked between launch calls. A job that has gone on without this task
 * (its execution was given up, and another one tears the attempt down) launches nothing more: nobody would look after it.
 *
 * @param job as the task found it
 * @param known the answer to the first question, of whoever has just read it
 */
export function interruptedBy(ports: JobPorts, job: Job, known?: Job): Interrupted {
  let first = known;
  return async () => {
    const now = first ?? (await ports.jobs.get(job.jobId));
    first = undefined;
    return interruption(job, now, ports.clock.now());
  };
}

/** Why a task that works on the attempt of `job` is to stop, now that the job stands like `now`. */
export function interruption(job: Job, now: Job | undefined, nowMs: EpochMs): Interruption | undefined {
  if (now === undefined || now.attempt !== job.attempt || isTornDown(now)) return 'cancelled';
  if (isCancelDue(now)) return 'cancelled';
  // Parked, or given another turn, by a task that came after this one: what is launched now nobody would look after until then.
  if (now.state !== job.state || now.hold?.sinceMs !== job.hold?.sinceMs) return 'superseded';
  return timeOver(now, nowMs) === undefined ? undefined : 'timedOut';
}

/** Whether its machines go, or are gone. */
function isTornDown({ state }: Job): boolean {
  return state === 'PENDING' || state === 'DESTROYING' || state === 'CONFIGURATION_FAILED' || isTerminal(state);
}
