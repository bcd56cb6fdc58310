import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget, Dashboard, GraphWidget, PeriodOverride, TextWidget, type IMetric, type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { OrchestratorApi } from '../api/orchestrator-api.ts';
import type { JobLifecycle } from '../lifecycle/job-lifecycle.ts';
import type { LifecycleEvents } from '../lifecycle/lifecycle-events.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import type { Alarms } from './alarms.ts';

const period = Duration.minutes(5);
const sum = { period, statistic: 'Sum' };

export interface DashboardParts {
  readonly name: string;
  readonly alarms: Alarms;
  readonly api: OrchestratorApi;
  readonly queue: JobQueue;
  readonly lifecycle: JobLifecycle;
  readonly events: LifecycleEvents;
  readonly table: Table;
}

/** One page for a look: alarms first, then a row for each area in the way of a job. */
export function orchestratorDashboard(scope: Construct, id: string, parts: DashboardParts): Dashboard {
  return new Dashboard(scope, id, {
    dashboardName: parts.name,
    defaultInterval: Duration.hours(3),
    periodOverride: PeriodOverride.AUTO,
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: parts.alarms.all, width: 24 })],
      ...row('API', apiWidgets(parts.api)),
      ...row('Queue', queueWidgets(parts.queue, parts.table)),
      ...row('Lifecycle', lifecycleWidgets(parts.lifecycle, parts.events)),
    ],
  });
}

function row(title: string, widgets: IWidget[]): IWidget[][] {
  return [[new TextWidget({ markdown: `## ${title}`, width: 24, height: 1 })], widgets];
}

function apiWidgets({ api, handlers }: OrchestratorApi): IWidget[] {
  return [
    graph('Requests', [api.metricCount(sum), api.metricClientError(sum), api.metricServerError(sum)]),
    graph('Latency (ms)', [api.metricLatency({ period, statistic: 'p50' }), api.metricLatency({ period, statistic: 'p99' })]),
    ...functionWidgets(handlers),
  ];
}

function queueWidgets(queue: JobQueue, table: Table): IWidget[] {
  return [
    graph('Behind the stream (ms)', [age(queue.scheduler), age(queue.publisher)]),
    graph('Table: units consumed', [table.metricConsumedReadCapacityUnits(sum), table.metricConsumedWriteCapacityUnits(sum)]),
    ...functionWidgets([queue.scheduler, queue.publisher]),
  ];
}

function lifecycleWidgets(lifecycle: JobLifecycle, events: LifecycleEvents): IWidget[] {
  const { machine } = lifecycle.machine;
  return [
    graph('Executions', [
      machine.metricStarted(sum), machine.metricSucceeded(sum), machine.metricFailed(sum), machine.metricTimedOut(sum),
    ]),
    graph('Execution time (ms)', [machine.metricTime({ period, statistic: 'p50' }), machine.metricTime({ period, statistic: 'p99' })]),
    ...functionWidgets([...lifecycle.tasks, ...events.listeners]),
  ];
}

function age(reader: IFunction): IMetric {
  return reader.metric('IteratorAge', { period, statistic: 'Maximum', label: reader.node.id });
}

function functionWidgets(functions: readonly IFunction[]): IWidget[] {
  return [
    graph('Function errors', functions.map((each) => each.metricErrors({ ...sum, label: each.node.id }))),
    graph('Function duration p99 (ms)', functions.map((each) => each.metricDuration({ period, statistic: 'p99', label: each.node.id }))),
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 6, height: 6 });
}
