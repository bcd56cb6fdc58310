import { viewCost } from '../../../core/api/cost-view.ts';
import { jobLinks } from '../../../core/api/job-links.ts';
import { viewAttempt, viewJob, viewNode } from '../../../core/api/job-view.ts';
import type { JobDetailView } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { jobCost } from '../../../core/cost/job-cost.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { isoTime } from '../../../core/job/ids.ts';
import type { Attempt, Job, Node } from '../../../core/job/job.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptStore, JobStore } from '../../../core/ports/job-store.ts';
import { explainAlone, type Verdict } from '../../../core/scheduling/explain-entry.ts';
import { describeVerdict } from '../../../core/scheduling/obstacle-text.ts';
import type { QueueLook } from '../../queue/read-queue.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';

export interface GetJobPorts {
  readonly jobs: Pick<JobStore, 'get' | 'attempts' | 'parked'>;
  readonly attempts: Pick<AttemptStore, 'nodes'>;
  /** The queue as it was a moment ago. */
  readonly queue: () => Promise<Pick<QueueLook, 'snapshot' | 'policy'>>;
  readonly clock: Clock;
  readonly deployment: Pick<Deployment, 'name' | 'region' | 'telemetry'>;
}

/** One job with its attempts, the nodes of its current attempt, what it cost so far and why it waits. */
export function getJob(ports: GetJobPorts): ApiOperation<typeof operations.getJob> {
  return {
    schema: operations.getJob,
    run: async ({ path }) => {
      const job = await findJob(ports.jobs, path);
      const [attempts, nodes, waiting] = await Promise.all([
        ports.jobs.attempts(job.jobId),
        ports.attempts.nodes(job.jobId, job.attempt),
        whyItWaits(ports, job),
      ]);
      const nowMs = ports.clock.now();
      const links = jobLinks(ports.deployment, job, nowMs);
      const cost = viewCost(jobCost(job, isCosted(job, attempts) ? [] : nodes, nowMs), ofEarlierRelease(job, attempts));
      const body: JobDetailView = {
        ...viewJob(job),
        ...(waiting === undefined ? {} : { waiting }),
        attempts: attempts.map((attempt) => viewAttempt(attempt.endedAtMs === undefined ? { ...attempt, state: job.state } : attempt)),
        nodes: withEnd(nodes, attempts.find(({ attempt }) => attempt === job.attempt)).map(viewNode),
        costUsd: cost.usd,
        cost,
        ...(links === undefined ? {} : { links }),
      };
      return { status: 200, body };
    },
  };
}

/** An attempt is DONE when its last machine is verified gone: what nobody saw go before has gone by then. */
function withEnd(nodes: readonly Node[], attempt: Attempt | undefined): readonly Node[] {
  const { state, endedAtMs } = attempt ?? {};
  if (state !== 'DONE' || endedAtMs === undefined) return nodes;
  return nodes.map((node) => ({ goneAtMs: endedAtMs, ...node }));
}

/** Whether the job's record has what its current attempt cost: as soon as its machines are gone. */
function isCosted(job: Job, attempts: readonly Attempt[]): boolean {
  return attempts.some(({ attempt, costMicroUsd }) => attempt === job.attempt && costMicroUsd !== undefined);
}

/** Releases before `cost` kept one sum for each attempt. */
function ofEarlierRelease(job: Job, attempts: readonly Attempt[]): number {
  return job.cost === undefined ? attempts.reduce((sum, { costMicroUsd = 0 }) => sum + costMicroUsd, 0) : 0;
}

/**
 * What holds the job by itself: limits, pauses, what cools. Where it stands among others is asked for with `explain`,
 * which reads more.
 */
async function whyItWaits(ports: GetJobPorts, job: Job): Promise<JobDetailView['waiting']> {
  if (job.state === 'PENDING') {
    const { snapshot, policy } = await ports.queue();
    return viewVerdict(explainAlone(queueEntryOf(job), snapshot, policy, ports.clock.now()));
  }
  if (job.state !== 'ACQUIRING_CAPACITY' || job.hold !== undefined) return undefined;
  const parked = await ports.jobs.parked(job.jobId);
  if (parked === undefined || parked.hold !== undefined) return undefined;
  const reason = job.reason ?? { code: 'NoCapacity', message: 'No offering has capacity.' };
  return { ...reason, until: isoTime(parked.untilMs) };
}

function viewVerdict(verdict: Verdict): NonNullable<JobDetailView['waiting']> {
  const { code, message } = describeVerdict(verdict);
  const untilMs = verdict.kind === 'held' && 'untilMs' in verdict.obstacle ? verdict.obstacle.untilMs : undefined;
  return { code, message, ...(untilMs === undefined ? {} : { until: isoTime(untilMs) }) };
}
