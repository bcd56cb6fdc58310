import { SPAN_CLOSED } from '../../core/trace/span-line.ts';

/**
 * What a query reads: the line that a function writes for each span of a job that has closed, lines of all functions that
 * work on jobs, those of the scheduler or of the reconciler, calls of the API, output of nodes, or the audit.
 */
export type LogSource = 'spans' | 'functions' | 'scheduler' | 'reconciler' | 'calls' | 'nodes' | 'audit';

/** A question that is asked again and again, in the words of Logs Insights. */
export interface SavedQuery {
  readonly name: string;
  readonly sources: readonly LogSource[];
  /** Commands; pipes come between them. */
  readonly commands: readonly string[];
}

/** What a reader of a query replaces by the job, or the user, that it is about. */
const job = 'jobId = "JOB_ID"';

/** Rehearsals say their provider; they are no question of operation. */
function spans(subject: string): string {
  return `filter message = "${SPAN_CLOSED}" and subject = "${subject}" and not ispresent(provider)`;
}

const most = 'limit 1000';

/** The saved queries of a deployment; cost is told apart by this label. */
export function savedQueries(costLabel: string): readonly SavedQuery[] {
  return [
    {
      name: 'a job: everything', sources: ['nodes', 'functions'],
      commands: ['fields @timestamp, level, service, node, step, message, error.name, error.message, error.cause.message', `filter ${job}`, 'sort @timestamp asc', 'limit 10000'],
    },
    {
      name: 'a job: spans', sources: ['spans'],
      commands: ['fields @timestamp, attempt, subject, name, seconds, failed, error, nodes, codes, spanId', `filter message = "${SPAN_CLOSED}" and ${job}`, 'sort @timestamp asc', most],
    },
    {
      name: 'a job: output', sources: ['nodes'],
      commands: ['fields @timestamp, attempt, node, step, message', `filter ${job}`, 'sort @timestamp asc', 'limit 10000'],
    },
    {
      name: 'functions: errors', sources: ['functions'],
      commands: ['filter level = "ERROR"', 'stats count(*) as errors, latest(error.name) as latestError, latest(message) as latestMessage, latest(jobId) as latestJob by service', 'sort errors desc'],
    },
    {
      name: 'launches: slowest', sources: ['spans'],
      commands: ['fields @timestamp, seconds, namespace, jobId, pool, market, types, zones, asked, launched, codes', spans('launch'), 'sort seconds desc', 'limit 100'],
    },
    {
      name: 'what EC2 had not', sources: ['spans'],
      commands: [spans('launch'), 'filter ispresent(codes)', 'stats count(*) as calls, sum(asked) as nodesAsked, sum(launched) as nodesLaunched by types, zones, market, codes', 'sort calls desc', most],
    },
    {
      name: 'where the time to capacity went', sources: ['spans'],
      commands: [spans('state'), 'filter name in ["PENDING", "ACQUIRING_CAPACITY"]', 'stats count(*) as times, sum(seconds / 3600) as hours, pct(seconds, 50) as secondsHalf, pct(seconds, 95) as secondsMost, max(seconds) as secondsLongest by namespace, name', 'sort hours desc'],
    },
    {
      name: 'why jobs waited', sources: ['spans'],
      commands: [spans('state'), 'filter name = "PENDING" and ispresent(waitedFor)', 'stats count(*) as times, sum(waitedSeconds / 3600) as hours, pct(waitedSeconds, 50) as secondsHalf, max(waitedSeconds) as secondsLongest by namespace, waitedFor', 'sort hours desc', most],
    },
    {
      name: 'jobs that failed', sources: ['spans'],
      commands: ['fields @timestamp, namespace, jobId, user, manifest, outcome, error, costUsd', spans('job'), 'filter failed = 1', 'sort @timestamp desc', most],
    },
    {
      name: 'steps that failed', sources: ['spans'],
      commands: ['fields @timestamp, namespace, jobId, attempt, name, nodes, exitCode, seconds, error', spans('step'), 'filter failed = 1', 'sort @timestamp desc', most],
    },
    {
      name: 'cost by label', sources: ['spans'],
      commands: [`fields \`labels.${costLabel}\` as label`, spans('job'), 'stats sum(costUsd) as usd, count(*) as jobs, sum(seconds / 3600) as hours by label', 'sort usd desc'],
    },
    {
      name: 'cost by namespace and user', sources: ['spans'],
      commands: [spans('job'), 'stats sum(costUsd) as usd, count(*) as jobs, sum(failed) as failures by namespace, user', 'sort usd desc', most],
    },
    {
      name: 'scheduler: cycles', sources: ['scheduler'],
      commands: [
        'filter message = "scheduled"',
        'stats sum(report.cycles) as cycles, sum(report.admitted) as admitted, sum(report.turns) as turns, sum(report.released) as released, sum(report.givenUp) as givenUp by bin(5m)',
      ],
    },
    {
      name: 'orphans', sources: ['reconciler'],
      commands: ['fields @timestamp, namespace, jobId, instances.0, instances.1, instances.2', 'filter message = "orphaned instances terminated"', 'sort @timestamp desc', most],
    },
    {
      name: 'who calls the API', sources: ['calls'],
      commands: ['stats count(*) as calls, max(latencyMs) as slowest by caller, method, resource, status', 'sort calls desc', most],
    },
    {
      name: 'calls that failed', sources: ['calls'],
      commands: ['fields @timestamp, requestId, caller, method, resource, status, error, functionError, functionMs, latencyMs', 'filter status >= 500', 'sort @timestamp desc', most],
    },
    {
      name: 'submissions that were slow', sources: ['calls'],
      commands: ['fields @timestamp, requestId, traceId, caller, status, functionMs, latencyMs', 'filter method = "POST" and resource = "/v1/namespaces/{namespace}/jobs"', 'sort latencyMs desc', most],
    },
    {
      name: 'what a user changed', sources: ['audit'],
      commands: ['fields @timestamp, detail.data.by, detail.type, detail.namespace, detail.jobId, detail.target, detail.reason, detail.data.origin.principal, detail.data.origin.sourceIp', 'filter detail.data.by = "USER"', 'sort @timestamp desc', most],
    },
  ];
}
