import type { DashboardDefinition, Row } from './model.ts';
import type { Observed } from './observed.ts';
import { budgetLeft } from '../burn-rate.ts';
import { targetDays } from '../slo.ts';
import { graph, numbers } from './panels.ts';
import { aws, awsBy, calculated, metricsOf } from './sources.ts';

/**
 * For whoever is called: what rings, then each part in the way of a job. At most 50 metrics: CloudWatch takes money for all
 * dashboards with more.
 */
export function serviceDashboard(seen: Observed): DashboardDefinition {
  return {
    suffix: '', title: 'Service', hours: 3, variables: [],
    rows: [health(seen), promises(seen), api(seen), scheduling(seen), lifecycle(seen), functions(), telemetry(seen)],
  };
}

function health({ deployment, names }: Observed): Row {
  const metrics = metricsOf(deployment);
  return {
    title: 'Health',
    panels: [
      { kind: 'alarms', title: 'Alarms', width: 24, height: 4 },
      numbers('Jobs', 'count', [
        metrics.of('JobsUnexplained', 'Sum', 'failed, cause unknown'), metrics.of('JobsStuck', 'Maximum', 'stuck'),
        metrics.of('MachinesLeft', 'Maximum', 'ended, machines not verified gone'), metrics.of('OrphansTerminated', 'Sum', 'orphans terminated'),
      ]),
      { kind: 'graph', title: 'Dead letters', unit: 'count', width: 8, height: 4, series: [
        awsBy('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', names.deadLetters, 'Maximum'),
      ] },
    ],
  };
}

/** What may still go wrong this month. */
function promises({ deployment, serviceLevels }: Observed): Row {
  return {
    title: 'Promises',
    panels: [{
      kind: 'number', title: `Budget of errors that is left of the last ${targetDays} days`, unit: 'percent', days: targetDays, width: 24, height: 4,
      description: '100: all went well. 0: as much went wrong as may. Below: more did. Empty: nothing was asked.',
      series: serviceLevels.map((level) => calculated(deployment, level.title, budgetLeft(level))),
    }],
  };
}

function api({ deployment }: Observed): Row {
  const metrics = metricsOf(deployment);
  const ofApi = { ApiName: deployment };
  return {
    title: 'API',
    panels: [
      graph('Requests', 'count', [
        aws('AWS/ApiGateway', 'Count', ofApi, 'Sum', 'requests'), aws('AWS/ApiGateway', '4XXError', ofApi, 'Sum', 'refused (4xx)'),
        aws('AWS/ApiGateway', '5XXError', ofApi, 'Sum', 'failed (5xx)'),
      ]),
      graph('Latency', 'milliseconds', [
        aws('AWS/ApiGateway', 'Latency', ofApi, 'p99', 'p99'),
      ]),
      graph('Submissions', 'seconds', [
        metrics.of('SubmissionSeconds', 'p99', 'p99'),
      ]),
    ],
  };
}

function scheduling({ deployment, names }: Observed): Row {
  const metrics = metricsOf(deployment);
  return {
    title: 'Scheduler',
    panels: [
      graph('A cycle takes', 'seconds', [metrics.of('CycleSeconds', 'p99', 'p99')]),
      graph('The oldest job at the head of a lane has waited', 'seconds', [metrics.of('LongestWaitSeconds', 'Maximum', 'longest')]),
      graph('Behind the stream', 'milliseconds', [
        aws('AWS/Lambda', 'IteratorAge', { FunctionName: names.scheduler }, 'Maximum', 'scheduler'),
        aws('AWS/Lambda', 'IteratorAge', { FunctionName: names.publisher }, 'Maximum', 'publisher'),
      ]),
      graph('Invocations', 'count', [
        aws('AWS/Lambda', 'Invocations', { FunctionName: names.scheduler }, 'Sum', 'scheduler'),
        aws('AWS/Lambda', 'Invocations', { FunctionName: names.reconciler }, 'Sum', 'reconciler'),
      ], 'Both are invoked every minute, also when there is nothing to do.'),
    ],
  };
}

function lifecycle({ names }: Observed): Row {
  const machine = { StateMachineArn: names.stateMachineArn };
  const table = { TableName: names.table };
  return {
    title: 'Lifecycle and store',
    panels: [
      graph('Executions', 'count', [
        aws('AWS/States', 'ExecutionsStarted', machine, 'Sum', 'started'), aws('AWS/States', 'ExecutionsAborted', machine, 'Sum', 'stopped'),
        aws('AWS/States', 'ExecutionsFailed', machine, 'Sum', 'failed'), aws('AWS/States', 'ExecutionsTimedOut', machine, 'Sum', 'timed out'),
      ]),
      graph('Table: units consumed', 'count', [
        aws('AWS/DynamoDB', 'ConsumedReadCapacityUnits', table, 'Sum', 'read'), aws('AWS/DynamoDB', 'ConsumedWriteCapacityUnits', table, 'Sum', 'write'),
      ]),
    ],
  };
}

function functions(): Row {
  return {
    title: 'Functions',
    panels: [
      graph('Errors, whole account', 'count', [aws('AWS/Lambda', 'Errors', {}, 'Sum', 'errors')], 'The saved query `functions: errors` has those of the deployment, by function.'),
      graph('Throttles, whole account', 'count', [aws('AWS/Lambda', 'Throttles', {}, 'Sum', 'throttles')], 'All functions of an account share its concurrency.'),
    ],
  };
}

function telemetry({ deployment }: Observed): Row {
  const metrics = metricsOf(deployment);
  return {
    title: 'Telemetry',
    panels: [
      graph('Spans', 'count', [metrics.of('SpansExported', 'Sum', 'exported'), metrics.of('SpansDropped', 'Sum', 'dropped')],
        'Dropped is what the endpoint did not take in time: no job waits for it.'),
    ],
  };
}
