import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import type { Deployment, NamespaceSettings } from '../../core/deployment/deployment.ts';
import { metricNamespace } from '../../core/metrics/catalogue.ts';
import { nodeFiles } from '../../core/ports/node-files.ts';
import { efaTemplateNames } from './efa-templates.ts';
import type { DeploymentConfiguration } from './schema.ts';

/** The part of a deployment's description that is known when it is synthesized. */
export interface FixedDeployment extends FixedFields {
  /** What of a namespace has no name by CloudFormation; those of which there is nothing are left out. */
  readonly namespaces: Readonly<Record<string, Omit<NamespaceSettings, 'launchTemplates'>>>;
}

type FixedFields = Pick<Deployment, 'name' | 'region' | 'imageAliases' | 'machineImages' | 'limits' | 'intervals' | 'capacity' | 'providers' | 'slurmSubstitutes' | 'storageTypes' | 'telemetry'>;

/** The part that CloudFormation names; values may be tokens. */
export type DeployedResources = Pick<
  Deployment, 'table' | 'stepBucket' | 'stepDocument' | 'jobLogGroup' | 'stateMachineArn' | 'eventBus' | 'subnets' | 'namespaces'
>;

/** What the administrator configured, as functions see it. */
export function fixedDeployment(configuration: DeploymentConfiguration): FixedDeployment {
  const { name, region, imageAliases, machineImages, limits, intervals, capacity, providers, slurm, storage, telemetry } = configuration;
  const { spotAdvisorFeed, placementScoresPerDay } = capacity;
  return {
    name, region, imageAliases, machineImages, limits, intervals, providers, slurmSubstitutes: slurm.substitutes, namespaces: fixedNamespaces(configuration), capacity: { spotAdvisorFeed, placementScoresPerDay },
    telemetry: telemetrySettings(telemetry),
    ...(storage.length > 0 ? { storageTypes: storage } : {}),
  };
}

function telemetrySettings(telemetry: DeploymentConfiguration['telemetry']): FixedDeployment['telemetry'] {
  const { traces, otlpEndpoint, collector, nodeMetrics, programMetrics, installCollector, logMiBPerAttempt, costLabel } = telemetry;
  const jobDashboard = whereJobsAreShown(telemetry);
  return {
    traces, collector, nodeMetrics, programMetrics, installCollector, logBytesPerAttempt: logMiBPerAttempt * 2 ** 20,
    ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }), ...(costLabel === undefined ? {} : { costLabel }), ...(jobDashboard === undefined ? {} : { jobDashboard }),
  };
}

function whereJobsAreShown({ dashboards, grafanaUrl }: DeploymentConfiguration['telemetry']): FixedDeployment['telemetry']['jobDashboard'] {
  if (grafanaUrl !== undefined) return { grafanaUrl };
  return dashboards === 'all' ? 'cloudwatch' : undefined;
}

/** Reservations and names of templates are constants here: their ids would not fit into an environment of 4 KB. */
function fixedNamespaces({ name, namespaces }: DeploymentConfiguration): FixedDeployment['namespaces'] {
  return Object.fromEntries(Object.entries(namespaces).flatMap(([namespace, settings]) => {
    const { capacityReservations } = settings;
    const efaLaunchTemplates = efaTemplateNames(name, namespace, settings);
    const fixed = {
      ...(capacityReservations.length > 0 ? { capacityReservations } : {}),
      ...(efaLaunchTemplates === undefined ? {} : { efaLaunchTemplates }),
    };
    return Object.keys(fixed).length === 0 ? [] : [[namespace, fixed]];
  }));
}

/**
 * Constants that the bundler puts into handlers: the environment of a function holds 4 KB only, and tables of images
 * grow. Files that steps take along to the nodes are constants, too.
 *
 * @param sourceRoot folder that has `nodes/`.
 */
export function bundledConstants(configuration: DeploymentConfiguration, sourceRoot: string): Record<string, string> {
  const texts = Object.fromEntries(nodeFiles.map((file) => [file, readFileSync(join(sourceRoot, 'nodes', file), 'utf8')]));
  return {
    'process.env.ORCH_DEPLOYMENT': JSON.stringify(fixedDeployment(configuration)),
    'process.env.ORCH_NODE_FILES': JSON.stringify(texts),
  };
}

/** The environment that every function has. */
export function functionEnvironment(stack: Stack, configuration: DeploymentConfiguration, resources: DeployedResources): Record<string, string> {
  return {
    ORCH_RESOURCES: stack.toJsonString(resources),
    POWERTOOLS_LOG_LEVEL: configuration.logLevel,
    POWERTOOLS_METRICS_NAMESPACE: metricNamespace(configuration.name),
    ...(configuration.telemetry.otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: configuration.telemetry.otlpEndpoint }),
  };
}
