import { QueryVariableBuilder, VariableHide, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ResourceNames } from '../observed.ts';
import { cloudWatch } from './datasource.ts';

/** What Grafana calls the names that CloudFormation makes: variables, which it looks up itself. */
export const grafanaNames: ResourceNames = {
  deadLetters: [{ value: '$deadLetters', label: '' }],
  scheduler: '$scheduler',
  publisher: '$publisher',
  reconciler: '$reconciler',
  table: '$table',
  stateMachineArn: '$stateMachine',
  spanLogs: '$spanLogs',
  jobLogs: '$jobLogs',
};

/** How a name is found: among the values of a dimension, or among the log groups. */
type Lookup =
  | { readonly namespace: `AWS/${string}`; readonly metric: string; readonly dimension: string; readonly matches: (deployment: string) => string; readonly several?: true }
  | { readonly logGroups: string };

/** CloudFormation cuts logical ids in names that are limited to 64 characters, this much of them stays whatever the deployment's name. */
const CERTAIN = 20;

const named = (logicalId: string) => (deployment: string): string => `^${deployment}-${logicalId.slice(0, CERTAIN)}`;
const oneFunction = (logicalId: string): Lookup => ({ namespace: 'AWS/Lambda', metric: 'Invocations', dimension: 'FunctionName', matches: named(logicalId) });

/** Beginnings of the logical ids in the template. */
export const lookups: Readonly<Record<string, Lookup>> = {
  deadLetters: {
    namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', dimension: 'QueueName', several: true,
    matches: (deployment) => `^${deployment}-(Events|Market|Scheduling)`,
  },
  scheduler: oneFunction('SchedulingScheduleJobs'),
  publisher: oneFunction('SchedulingPublishEvents'),
  reconciler: oneFunction('EventsReconcile'),
  table: { namespace: 'AWS/DynamoDB', metric: 'ConsumedReadCapacityUnits', dimension: 'TableName', matches: named('QueueTable') },
  stateMachine: {
    namespace: 'AWS/States', metric: 'ExecutionsStarted', dimension: 'StateMachineArn',
    matches: (deployment) => `:stateMachine:${deployment}-job-lifecycle$`,
  },
  spanLogs: { logGroups: 'SchedulingPublishEventsLogs' },
  jobLogs: { logGroups: 'NodesJobLogs' },
};

/** The variables that a text names, hidden: nobody has to choose. */
export function nameVariables(text: string, deployment: string, region: string): readonly QueryVariableBuilder[] {
  return Object.entries(lookups).filter(([name]) => new RegExp(`\\$${name}\\b`).test(text))
    .map(([name, lookup]) => nameVariable(name, lookup, deployment, region));
}

function nameVariable(name: string, lookup: Lookup, deployment: string, region: string): QueryVariableBuilder {
  const variable = new QueryVariableBuilder(name).datasource(cloudWatch).refresh(VariableRefresh.OnDashboardLoad).hide(VariableHide.HideVariable);
  if ('logGroups' in lookup) {
    return variable.query(query(name, { queryType: 'logGroups', region, logGroupPrefix: `${deployment}-${lookup.logGroups}` }));
  }
  const { namespace, metric, dimension, matches, several = false } = lookup;
  return variable
    .query(query(name, { queryType: 'dimensionValues', region, namespace, metricName: metric, dimensionKey: dimension }))
    .regex(`/${matches(deployment)}/`).multi(several).includeAll(several)
    .current(several ? { text: 'All', value: '$__all' } : { text: '', value: '' });
}

/** All that Grafana's editor of such queries asks for. */
function query(refId: string, parts: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    refId, namespace: '', metricName: '', dimensionKey: '', dimensionFilters: {}, ec2Filters: {}, tags: {},
    instanceID: '', attributeName: '', resourceType: '', ...parts,
  };
}
