import { DEFAULT_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import { failedStepIn } from '../../../core/diagnosis/facts.ts';
import type { JobCase } from '../../../core/diagnosis/job-case.ts';
import type { Job } from '../../../core/job/job.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import type { JobLogs } from '../../../core/ports/job-logs.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { findingsOf, type ExplainPorts } from '../explain-job/explain-job.ts';
import { lastLines } from './last-lines.ts';

export interface CasePorts extends ExplainPorts {
  readonly jobs: ExplainPorts['jobs'] & Pick<JobStore, 'latestEvents' | 'attempts'>;
  readonly scheduler: ExplainPorts['scheduler'] & Pick<SchedulerStore, 'heldAt'>;
  readonly logs: JobLogs;
  /** Logs of providers whose nodes write none of their own. */
  readonly logsOfProviders?: ReadonlyMap<string, JobLogs>;
  readonly log: Pick<EventLog, 'warn'>;
  /** For how long the last lines of a step are waited for. */
  readonly mostLogMs?: number;
}

/** Entries of the history that are looked at: what holds or ended a job is among its last ones. */
const MOST_EVENTS = 200;
/** Whoever asks has an answer after 28 seconds or none at all. */
const MOST_LOG_MS = 4000;

/** Collects what is known of a job for a diagnosis. */
export async function caseOf(ports: CasePorts, job: Job): Promise<JobCase> {
  const { jobId, attempt } = job;
  const nowMs = ports.clock.now();
  const [history, attempts, nodes, launches, holding, scheduledAtMs] = await Promise.all([
    ports.jobs.latestEvents(jobId, MOST_EVENTS),
    ports.jobs.attempts(jobId),
    ports.attempts.nodes(jobId, attempt),
    ports.attempts.launches(jobId, attempt),
    isTerminal(job.state) ? undefined : findingsOf(ports, job),
    job.state === 'PENDING' ? ports.scheduler.heldAt(nowMs) : undefined,
  ]);
  const known: JobCase = {
    job, history, attempts, nodes, launches, nowMs,
    ...(holding === undefined ? {} : { holding }),
    ...(scheduledAtMs === undefined ? {} : { scheduledAtMs }),
  };
  return { ...known, ...await linesOf(ports, known) };
}

/** The last lines of what failed, if something did. Without them the history has a few: what else is known is told then too. */
async function linesOf(ports: CasePorts, known: JobCase): Promise<Pick<JobCase, 'lines' | 'isLogUnread'>> {
  const { job } = known;
  const failed = failedStepIn(known);
  if (failed === undefined) return {};
  const { provider = DEFAULT_PROVIDER } = job;
  try {
    const signal = AbortSignal.timeout(ports.mostLogMs ?? MOST_LOG_MS);
    return { lines: await lastLines(ports.logsOfProviders?.get(provider) ?? ports.logs, job, failed, job.configuringAtMs ?? job.submittedAtMs, signal) };
  } catch (error) {
    ports.log.warn('The lines of a failed step cannot be read', { jobId: job.jobId, step: failed.key, error });
    return { isLogUnread: true };
  }
}
