import type { Stack } from 'aws-cdk-lib';
import type { Deployment, NamespaceSettings } from '../../core/deployment/deployment.ts';
import { efaTemplateNames } from './efa-templates.ts';
import type { DeploymentConfiguration } from './schema.ts';

/** The part of a deployment's description that is known when it is synthesized. */
export interface FixedDeployment extends FixedFields {
  /** What of a namespace has no name by CloudFormation; those of which there is nothing are left out. */
  readonly namespaces: Readonly<Record<string, Omit<NamespaceSettings, 'launchTemplates'>>>;
}

type FixedFields = Pick<Deployment, 'name' | 'region' | 'imageAliases' | 'machineImages' | 'limits' | 'intervals' | 'capacity' | 'providers'>;

/** The part that CloudFormation names; values may be tokens. */
export type DeployedResources = Pick<
  Deployment, 'table' | 'stepBucket' | 'stepDocument' | 'jobLogGroup' | 'stateMachineArn' | 'eventBus' | 'subnets' | 'namespaces'
>;

/** What the administrator configured, as functions see it. */
export function fixedDeployment(configuration: DeploymentConfiguration): FixedDeployment {
  const { name, region, imageAliases, machineImages, limits, intervals, capacity, providers } = configuration;
  const { spotAdvisorFeed, placementScoresPerDay } = capacity;
  return { name, region, imageAliases, machineImages, limits, intervals, providers, namespaces: fixedNamespaces(configuration), capacity: { spotAdvisorFeed, placementScoresPerDay } };
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
 * grow.
 */
export function bundledConstants(configuration: DeploymentConfiguration): Record<string, string> {
  return { 'process.env.ORCH_DEPLOYMENT': JSON.stringify(fixedDeployment(configuration)) };
}

/** The environment that every function has. */
export function functionEnvironment(stack: Stack, configuration: DeploymentConfiguration, resources: DeployedResources): Record<string, string> {
  return {
    ORCH_RESOURCES: stack.toJsonString(resources),
    POWERTOOLS_LOG_LEVEL: configuration.logLevel,
  };
}
