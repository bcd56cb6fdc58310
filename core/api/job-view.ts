import * as z from 'zod';
import { withoutPlace } from '../audit/origin.ts';
import { isoTime } from '../job/ids.ts';
import type { EpochMs } from '../job/ids.ts';
import type { Attempt, Job, JobEvent, Node } from '../job/job.ts';
import { eventTypes } from '../job/event-types.ts';
import { jobStates, outcomes } from '../lifecycle/states.ts';
import { costSchema, viewCost } from './cost-view.ts';
import { jobLinksSchema } from './job-links.ts';
import { jobIdField, reasonField, timeField, usd, usdField } from './fields.ts';

const ending = {
  outcome: z.exactOptional(z.enum(outcomes)).meta({ description: 'Why it ended; the first failure decides.' }),
  reason: z.exactOptional(reasonField).meta({ description: 'What decided the outcome, or what holds it where it is.' }),
};

export const schedulerSchema = z
  .object({
    id: z.string().meta({ description: 'Its own number of the job.' }),
    state: z.string().meta({ description: 'In its words: `COMPLETED`, `NODE_FAIL`.' }),
    nodes: z.string().meta({ description: 'The nodes that it gave the job: `workers-[0-63]`.' }),
    reason: z.exactOptional(z.string()),
    restarts: z.int().meta({ description: 'How often it put the job back into its queue.' }),
  })
  .meta({ id: 'SchedulerReport', description: 'What the cluster’s own scheduler (Slurm) said of the last step of the run.' });

/** A job as the API shows it. */
export const jobSchema = z
  .object({
    jobId: jobIdField,
    namespace: z.string(),
    manifest: z.object({ name: z.string(), version: z.int(), digest: z.string() }),
    user: z.string().meta({ description: 'Who submitted it: an IAM user’s name or a role session’s.' }),
    labels: z.record(z.string(), z.string()),
    priority: z.int(),
    runtime: z.string(),
    runtimeVersion: z.exactOptional(z.string()).meta({ description: 'Release of the runtime that its machines bring along, chosen at submission.' }),
    provider: z.exactOptional(z.string()).meta({ description: 'The cloud that its machines are of; left out: `aws`. Of `simulated` nothing runs.' }),
    state: z.enum(jobStates).meta({ description: 'Where it is in the lifecycle.' }),
    ...ending,
    exitCode: z.exactOptional(z.int()).meta({ description: 'Exit code of the job’s last step.' }),
    scheduler: z.exactOptional(schedulerSchema),
    attempt: z.int().meta({ description: 'Number of the current attempt, from 1.' }),
    maxAttempts: z.int(),
    nodeCount: z.int().meta({ description: 'How many nodes it asks for.' }),
    maxUsdPerHour: usdField.meta({ description: 'The most that its nodes cost in an hour, at on-demand list price.' }),
    ttlSeconds: z.int(),
    hasScript: z.boolean().meta({ description: 'Whether a script was submitted beside the manifest.' }),
    submittedAt: timeField,
    updatedAt: timeField,
    firstAdmittedAt: z.exactOptional(timeField),
    configuringAt: z.exactOptional(timeField).meta({ description: 'The TTL counts from here.' }),
    endedAt: z.exactOptional(timeField),
    cancelRequestedBy: z.exactOptional(z.string()),
    releaseRequestedBy: z.exactOptional(z.string()),
    // Of its attempts whose machines are gone.
    cost: z.exactOptional(costSchema),
  })
  .meta({ id: 'Job', description: 'One run of one manifest version.' });

const attemptSchema = z
  .object({
    attempt: z.int(),
    state: z.enum(jobStates),
    ...ending,
    admittedAt: timeField,
    endedAt: z.exactOptional(timeField),
    costUsd: z.exactOptional(usdField).meta({ description: 'Known when its nodes are gone.' }),
  })
  .meta({ id: 'Attempt', description: 'One pass through the lifecycle.' });

const nodeSchema = z
  .object({
    name: z.string(),
    rank: z.int().meta({ description: '0 is the head node.' }),
    pool: z.string(),
    instanceId: z.string(),
    instanceType: z.string(),
    zone: z.string(),
    market: z.enum(['spot', 'on-demand', 'reserved']),
    address: z.string(),
    launchedAt: timeField,
    goneAt: z.exactOptional(timeField),
    usdPerHour: usdField,
  })
  .meta({ id: 'Node', description: 'A machine of the current attempt.' });

export const jobDetailSchema = jobSchema
  .extend({
    waiting: z
      .exactOptional(reasonField.extend({ until: z.exactOptional(timeField).meta({ description: 'Nothing is tried before.' }) }))
      .meta({ description: 'Why it waits, while it does.' }),
    attempts: z.array(attemptSchema),
    nodes: z.array(nodeSchema),
    costUsd: usdField.meta({ description: 'Cost of all attempts so far, at list price.' }),
    cost: costSchema,
    links: z.exactOptional(jobLinksSchema),
  })
  .meta({ id: 'JobDetail', description: 'A job with its attempts, nodes and cost so far.' });

export const eventSchema = z
  .object({
    number: z.int().meta({ description: 'From 1, without gaps.' }),
    at: timeField,
    attempt: z.int(),
    type: z.enum(eventTypes),
    message: z.string(),
    from: z.exactOptional(z.enum(jobStates)),
    to: z.exactOptional(z.enum(jobStates)),
    data: z.exactOptional(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'JobEvent', description: 'One line of a job’s history.' });

export const logLineSchema = z
  .object({
    id: z.string().meta({ description: 'Tells lines apart that are alike.' }),
    at: timeField,
    attempt: z.int(),
    node: z.string(),
    step: z.string(),
    message: z.string(),
  })
  .meta({ id: 'LogLine', description: 'A line that a step wrote on a node.' });

type JobView = z.output<typeof jobSchema>;
export type JobDetailView = z.output<typeof jobDetailSchema>;
type AttemptView = z.output<typeof attemptSchema>;
type NodeView = z.output<typeof nodeSchema>;
export type EventView = z.output<typeof eventSchema>;

/** The job as the API shows it. */
export function viewJob(job: Job): JobView {
  return {
    jobId: job.jobId,
    namespace: job.namespace,
    manifest: { ...job.manifest },
    user: job.user,
    labels: { ...job.labels },
    priority: job.priority,
    runtime: job.runtime,
    state: job.state,
    ...present({
      runtimeVersion: job.runtimeVersion, provider: job.provider, outcome: job.outcome, reason: job.reason, exitCode: job.exitCode,
      scheduler: job.scheduler === undefined ? undefined : { ...job.scheduler },
    }),
    attempt: job.attempt,
    maxAttempts: job.retry.maxAttempts,
    nodeCount: job.demand.nodes,
    maxUsdPerHour: usd(job.demand.microUsdPerHour),
    ttlSeconds: job.ttlSeconds,
    hasScript: job.hasScript,
    submittedAt: isoTime(job.submittedAtMs),
    updatedAt: isoTime(job.updatedAtMs),
    ...present({
      firstAdmittedAt: optionalTime(job.firstAdmittedAtMs),
      configuringAt: optionalTime(job.configuringAtMs),
      endedAt: optionalTime(job.endedAtMs),
      cancelRequestedBy: job.cancelRequestedBy,
      releaseRequestedBy: job.releaseRequestedBy,
      cost: job.cost === undefined ? undefined : viewCost(job.cost),
    }),
  };
}

export function viewAttempt(attempt: Attempt): AttemptView {
  return {
    attempt: attempt.attempt,
    state: attempt.state,
    admittedAt: isoTime(attempt.admittedAtMs),
    ...present({
      outcome: attempt.outcome,
      reason: attempt.reason,
      endedAt: optionalTime(attempt.endedAtMs),
      costUsd: attempt.costMicroUsd === undefined ? undefined : usd(attempt.costMicroUsd),
    }),
  };
}

export function viewNode({ launchedAtMs, goneAtMs, microUsdPerHour, onDemandMicroUsdPerHour: _listed, hardware: _hardware, ...node }: Node): NodeView {
  return { ...node, launchedAt: isoTime(launchedAtMs), usdPerHour: usd(microUsdPerHour), ...present({ goneAt: optionalTime(goneAtMs) }) };
}

export function viewEvent({ number, atMs, attempt, type, message, from, to, data }: JobEvent): EventView {
  return { number, at: isoTime(atMs), attempt, type, message, ...present({ from, to, data: data === undefined ? undefined : withoutPlace(data) }) };
}

const optionalTime = (ms: EpochMs | undefined): string | undefined => (ms === undefined ? undefined : isoTime(ms));

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without what is undefined. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Present<T>;
}
