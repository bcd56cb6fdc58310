import type { ExplanationView, Findings } from '../../../core/api/explain-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { isoTime, type EpochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { AttemptStore, JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';
import { explainParked } from './explain-parked.ts';
import { explainProgress } from './explain-progress.ts';
import { explainWaiting, type ExplainWaitingPorts } from './explain-waiting.ts';

export interface ExplainPorts extends ExplainWaitingPorts {
  readonly jobs: ExplainWaitingPorts['jobs'] & Pick<JobStore, 'parked'>;
  readonly attempts: Pick<AttemptStore, 'wait' | 'step' | 'nodes' | 'launches'>;
}

/** Where a job is, why, and what would change that. Nothing is remembered for it: it is worked out when it is asked. */
export function explainJob(ports: ExplainPorts): ApiOperation<typeof operations.explainJob> {
  return {
    schema: operations.explainJob,
    run: async ({ path }) => {
      const job = await findJob(ports.jobs, path);
      return { status: 200, body: explanation(job, ports.clock.now(), await findingsOf(ports, job)) };
    },
  };
}

/** What is found out of a job: what holds it, or what it does. */
export async function findingsOf(ports: ExplainPorts, job: Job): Promise<Findings> {
  if (job.state === 'PENDING') return explainWaiting(ports, queueEntryOf(job));
  const parked = job.state === 'ACQUIRING_CAPACITY' && job.hold === undefined ? await ports.jobs.parked(job.jobId) : undefined;
  if (parked !== undefined && parked.hold === undefined) return explainParked(ports, job, parked);
  return explainProgress(ports, job);
}

function explanation({ jobId, namespace, user, state, outcome }: Job, nowMs: EpochMs, found: Findings): ExplanationView {
  return { jobId, namespace, user, state, ...(outcome === undefined ? {} : { outcome }), at: isoTime(nowMs), ...found };
}
