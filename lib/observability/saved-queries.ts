import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { OrchestratorApi } from '../api/orchestrator-api.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import type { JobLifecycle } from '../lifecycle/job-lifecycle.ts';
import type { LifecycleEvents } from '../lifecycle/lifecycle-events.ts';
import type { JobNodes } from '../nodes/job-nodes.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import type { Audit } from './audit.ts';
import { savedQueries, type LogSource } from './queries.ts';

/** Log groups that a query of Logs Insights may read at once. */
const mostLogGroups = 50;

/** Where label values are that cost is told apart by, if the deployment names none. */
const usualCostLabel = 'cost-center';

export interface SavedQueriesProps {
  readonly configuration: DeploymentConfiguration;
  readonly api: OrchestratorApi;
  readonly queue: JobQueue;
  readonly lifecycle: JobLifecycle;
  readonly events: LifecycleEvents;
  readonly market: OrchestratorFunction;
  readonly nodes: JobNodes;
  readonly audit: Audit;
}

/** The saved queries of a deployment, in a folder of its name. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, props: SavedQueriesProps) {
    super(scope, id);
    const { configuration } = props;
    const groups = groupsOf(props);
    for (const { name, sources, commands } of savedQueries(configuration.telemetry.costLabel?.key ?? usualCostLabel)) {
      const logGroupNames = sources.flatMap((source) => groups[source]).map((group) => group.logGroupName);
      if (logGroupNames.length > mostLogGroups) throw new Error(`The query '${name}' reads ${logGroupNames.length} log groups, and may read ${mostLogGroups}.`);
      new CfnQueryDefinition(this, name.replaceAll(/(?:^|[^A-Za-z]+)([A-Za-z])/g, (_, letter: string) => letter.toUpperCase()), {
        name: `${configuration.name}/${name}`, queryString: commands.join('\n| '), logGroupNames,
      });
    }
  }
}

function groupsOf({ api, queue, lifecycle, events, market, nodes, audit }: SavedQueriesProps): Readonly<Record<LogSource, readonly ILogGroup[]>> {
  const functions = [...api.handlers, queue.scheduler, queue.publisher, ...lifecycle.tasks, ...events.listeners, market];
  return {
    spans: [queue.publisher.logGroup],
    functions: functions.map(({ logGroup }) => logGroup),
    scheduler: [queue.scheduler.logGroup],
    reconciler: [events.reconciler.logGroup],
    calls: [api.accessLogs],
    nodes: [nodes.jobLogs],
    audit: [audit.logs],
  };
}
