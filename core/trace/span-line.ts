import { totalCost } from '../cost/pool-cost.ts';
import type { Job } from '../job/job.ts';
import { traceIdOf } from '../runtimes/trace-context.ts';
import type { ClosedSpan } from './closed-spans.ts';
import type { SpanSubject } from './span.ts';

/** The message of these lines: queries find them by it. */
export const SPAN_CLOSED = 'Span closed';

/** What the log says of a span: wide enough that questions of a job, an offering or a label need nothing else. */
export interface SpanLine {
  readonly jobId: string;
  readonly namespace: string;
  readonly attempt: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly subject: SpanSubject;
  readonly name: string;
  readonly seconds: number;
  /** 1 where it failed: sums of it count. */
  readonly failed: 0 | 1;
  readonly error?: string;
  /** Of machines that are only records. */
  readonly provider?: string;
  /** Of a launch. */
  readonly pool?: string;
  readonly market?: string;
  readonly types?: string;
  readonly zones?: string;
  readonly codes?: string;
  readonly asked?: number;
  readonly launched?: number;
  /** Of a step: nodes on which it failed. */
  readonly nodes?: string;
  /** Of a step with several: the one that took longest, and how long it did. */
  readonly slowestNode?: string;
  readonly slowestSeconds?: number;
  readonly exitCode?: number;
  /** Of PENDING: the code of what held the job longest, and for how long it did. */
  readonly waitedFor?: string;
  readonly waitedSeconds?: number;
  /** Of an attempt, or of the job. */
  readonly outcome?: string;
  /** Of the job. */
  readonly user?: string;
  readonly manifest?: string;
  readonly costUsd?: number;
  /** What Spot saved, against on-demand list price. */
  readonly savedUsd?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the job's record adds. */
export type SpanLineJob = Pick<Job, 'jobId' | 'namespace' | 'provider' | 'user' | 'manifest' | 'labels' | 'cost'>;

/** Errors hold the last lines of a step's output. */
const MOST_ERROR = 300;

/** Whether a span has a line. Those of a step's nodes have none, since they are many: the line of their step names the slowest. */
export const hasLine = ({ subject }: Pick<ClosedSpan, 'subject'>): boolean => subject !== 'node';

/** The line of a span that has closed. */
export function spanLine(job: SpanLineJob, span: ClosedSpan): SpanLine {
  const { jobId, namespace, provider } = job;
  const { attempt, spanId, subject, name, startMs, endMs, error } = span;
  return {
    jobId, namespace, attempt, traceId: traceIdOf(jobId), spanId, subject, name,
    seconds: (endMs - startMs) / 1000, failed: error === undefined ? 0 : 1,
    ...(error === undefined ? {} : { error: error.slice(0, MOST_ERROR) }),
    ...(provider === undefined ? {} : { provider }),
    ...known(span),
    ...(subject === 'job' ? ofJob(job) : {}),
  };
}

/** Attributes that lines have, under the names that queries use. */
const fields = {
  pool: 'orchestrator.launch.pool', market: 'orchestrator.launch.market', types: 'orchestrator.launch.types', zones: 'orchestrator.launch.zones',
  codes: 'orchestrator.launch.codes', asked: 'orchestrator.launch.asked', launched: 'orchestrator.launch.launched',
  nodes: 'orchestrator.step.failed_nodes', slowestNode: 'orchestrator.step.slowest_node', slowestSeconds: 'orchestrator.step.slowest_seconds', exitCode: 'process.exit.code', outcome: 'orchestrator.outcome',
  waitedFor: 'orchestrator.waited.longest', waitedSeconds: 'orchestrator.waited.longest_seconds',
} as const;

/** Lists are texts: Logs Insights groups by a field and not by the elements of one. */
function known({ attributes }: ClosedSpan): Partial<SpanLine> {
  return Object.fromEntries(Object.entries(fields).flatMap(([field, name]) => {
    const value = attributes[name];
    return value === undefined ? [] : [[field, typeof value === 'object' ? value.join(',') : value]];
  }));
}

function ofJob({ user, manifest, labels, cost = [] }: SpanLineJob): Partial<SpanLine> {
  const { microUsd, savedMicroUsd } = totalCost(cost);
  return { user, manifest: manifest.name, costUsd: microUsd / 1e6, savedUsd: savedMicroUsd / 1e6, labels };
}
