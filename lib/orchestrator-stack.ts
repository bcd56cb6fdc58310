import { CfnOutput, RemovalPolicy, Stack, Tags, Validations, type StackProps } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { OrchestratorApi } from './api/orchestrator-api.ts';
import { MarketRefresh } from './capacity/market-refresh.ts';
import { functionEnvironment, type DeployedResources } from './configuration/deployment-environment.ts';
import { zonesOf } from './configuration/network.ts';
import type { DeploymentConfiguration } from './configuration/schema.ts';
import type { HandlerBundles } from './functions/handler-bundles.ts';
import type { FunctionSettings } from './functions/orchestrator-function.ts';
import { JobLifecycle } from './lifecycle/job-lifecycle.ts';
import { LifecycleAddress } from './lifecycle/lifecycle-address.ts';
import { LifecycleEvents } from './lifecycle/lifecycle-events.ts';
import { JobNodes } from './nodes/job-nodes.ts';
import type { NodeNetwork } from './nodes/network.ts';
import { Audit } from './observability/audit.ts';
import { deployDashboards } from './observability/dashboards/deployed.ts';
import { Observability } from './observability/observability.ts';
import { SavedQueries } from './observability/saved-queries.ts';
import { JobQueue } from './queue/job-queue.ts';
import { QueueTable } from './queue/queue-table.ts';

export interface OrchestratorStackProps extends StackProps {
  readonly configuration: DeploymentConfiguration;
  /** Folder that has `lambdas/`, `nodes/` and `statemachines/`. */
  readonly sourceRoot: string;
  /** The handlers under `sourceRoot`, bundled with the constants of the configuration. */
  readonly bundles: HandlerBundles;
}

/** A whole deployment of the orchestrator in one region. */
export class OrchestratorStack extends Stack {
  /** Where nodes run. */
  readonly network: NodeNetwork;
  /** What watches it. */
  readonly observability: Observability;
  private readonly zones: readonly string[];

  constructor(scope: Construct, id: string, props: OrchestratorStackProps) {
    const { configuration, sourceRoot, bundles, ...stackProps } = props;
    super(scope, id, { terminationProtection: configuration.production, suppressTemplateIndentation: true, ...stackProps });
    this.zones = zonesOf(configuration.network, configuration.region);
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W3010', reason: 'Zones are what a deployment is configured with: machines are sought by zone.',
    });
    Tags.of(this).add('orchestrator:stack', configuration.name);

    const key = configuration.customerManagedKey ? deploymentKey(this, configuration) : undefined;
    const keyed = { configuration, ...(key && { key }) };
    const queue = new QueueTable(this, 'Queue', keyed);
    const nodes = new JobNodes(this, 'Nodes', { ...keyed, sourceRoot });
    this.network = nodes.network;
    this.observability = new Observability(this, 'Observability', keyed);
    const { alarms } = this.observability;
    const bus = new EventBus(this, 'Bus', { eventBusName: configuration.name });
    const audit = new Audit(this.observability, 'Audit', { configuration, bus: bus as IEventBus, alarms });
    const lifecycle = new LifecycleAddress(this, configuration.name);
    const resources = deployedResources(queue, nodes, bus, lifecycle);
    const settings: FunctionSettings = {
      configuration,
      bundles,
      environment: functionEnvironment(this, configuration, resources),
    };
    const jobQueue = new JobQueue(this, 'Scheduling', { settings, alarms, queue, bus, lifecycle });
    const machine = new JobLifecycle(this, 'Lifecycle', { settings, alarms, queue, nodes, address: lifecycle, sourceRoot });
    const events = new LifecycleEvents(this, 'Events', { settings, alarms, queue, nodes, address: lifecycle });
    const market = new MarketRefresh(this, 'Market', { settings, alarms, nodes });
    const api = new OrchestratorApi(this, 'Api', { settings, alarms, queue, nodes, lifecycle });
    deployDashboards(this.observability, {
      configuration, alarms, api, queue: jobQueue, lifecycle: machine, events, market: market.refresher, table: queue.table, jobLogs: nodes.jobLogs,
    });
    new SavedQueries(this.observability, 'Queries', {
      configuration, api, queue: jobQueue, lifecycle: machine, events, market: market.refresher, nodes, audit,
    });
    this.output({
      ApiUrl: api.url, ApiId: api.api.restApiId, TableName: resources.table, StepBucketName: resources.stepBucket,
      // File systems have to let it in.
      NodeSecurityGroupId: configuration.storage.length > 0 ? nodes.network.securityGroupId : undefined,
      ResultsBucketName: nodes.resultsBucket?.bucketName, StateMachineArn: resources.stateMachineArn,
      EventBusName: resources.eventBus, JobLogGroupName: resources.jobLogGroup, AuditLogGroupName: audit.logs.logGroupName,
      WakeTopicArn: alarms.topics.wake.topicArn, LookTopicArn: alarms.topics.look.topicArn, KnowTopicArn: alarms.topics.know.topicArn,
    });
  }

  /** Zones are configured: looking them up would need an account at synthesis. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }

  private output(values: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) new CfnOutput(this, name, { value });
    }
  }
}

function deploymentKey(stack: Stack, configuration: DeploymentConfiguration): Key {
  return new Key(stack, 'Key', {
    description: `Data of ${configuration.name}`,
    enableKeyRotation: true,
    removalPolicy: configuration.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

function deployedResources(queue: QueueTable, nodes: JobNodes, bus: EventBus, lifecycle: LifecycleAddress): DeployedResources {
  const templates = nodes.namespaces.map(({ namespace, launchTemplates }) => {
    const ids = Object.entries(launchTemplates).map(([architecture, template]) => [architecture, template.ref]);
    return [namespace, { launchTemplates: Object.fromEntries(ids) }] as const;
  });
  return {
    table: queue.table.tableName,
    stepBucket: nodes.stepBucket.bucketName,
    stepDocument: nodes.document.ref,
    jobLogGroup: nodes.jobLogs.logGroupName,
    stateMachineArn: lifecycle.aliasArn,
    eventBus: bus.eventBusName,
    subnets: nodes.network.subnets,
    namespaces: Object.fromEntries(templates),
  };
}
