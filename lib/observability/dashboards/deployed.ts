import type { Construct } from 'constructs';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { OrchestratorApi } from '../../api/orchestrator-api.ts';
import type { DeploymentConfiguration } from '../../configuration/schema.ts';
import { EventFunction } from '../../functions/event-function.ts';
import type { OrchestratorFunction } from '../../functions/orchestrator-function.ts';
import type { JobLifecycle } from '../../lifecycle/job-lifecycle.ts';
import type { LifecycleEvents } from '../../lifecycle/lifecycle-events.ts';
import type { JobQueue } from '../../queue/job-queue.ts';
import type { Alarms } from '../alarms.ts';
import { cloudWatchDashboard } from './cloudwatch.ts';
import { dashboardDefinitions } from './definitions.ts';
import { observed, type ResourceNames } from './observed.ts';

/** What dashboards show. */
export interface DashboardParts {
  readonly configuration: DeploymentConfiguration;
  readonly alarms: Alarms;
  readonly api: OrchestratorApi;
  readonly queue: JobQueue;
  readonly lifecycle: JobLifecycle;
  readonly events: LifecycleEvents;
  readonly market: OrchestratorFunction;
  readonly table: Table;
  readonly jobLogs: LogGroup;
}

/** The dashboards that the configuration asks for, in CloudWatch. */
export function deployDashboards(scope: Construct, parts: DashboardParts): readonly Dashboard[] {
  const { configuration, alarms } = parts;
  const definitions = dashboardDefinitions(observed(configuration, namesOf(parts)), configuration.telemetry.dashboards);
  return definitions.map((definition) => cloudWatchDashboard(scope, configuration.name, definition, alarms.all));
}

function namesOf({ queue, lifecycle, events, market, table, jobLogs }: DashboardParts): ResourceNames {
  const listeners = [queue.scheduler, queue.publisher, ...events.listeners, market].filter((each) => each instanceof EventFunction);
  return {
    deadLetters: listeners.map(({ failures, handlerName }) => ({ value: failures.queueName, label: handlerName })),
    scheduler: queue.scheduler.functionName,
    publisher: queue.publisher.functionName,
    reconciler: events.reconciler.functionName,
    table: table.tableName,
    stateMachineArn: lifecycle.machine.machine.stateMachineArn,
    spanLogs: queue.publisher.logGroup.logGroupName,
    jobLogs: jobLogs.logGroupName,
  };
}
