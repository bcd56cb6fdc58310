import type { Stack } from 'aws-cdk-lib';
import type { Deployment } from '../../core/deployment/deployment.ts';
import type { DeploymentConfiguration } from './schema.ts';

/** The part of a deployment's description that is known when it is synthesized. */
export type FixedDeployment = Pick<Deployment, 'name' | 'region' | 'imageAliases' | 'machineImages' | 'limits' | 'intervals' | 'capacity' | 'providers'>;

/** The part that CloudFormation names; values may be tokens. */
export type DeployedResources = Pick<
  Deployment, 'table' | 'stepBucket' | 'stepDocument' | 'jobLogGroup' | 'stateMachineArn' | 'eventBus' | 'subnets' | 'namespaces'
>;

/** What the administrator configured, as functions see it. */
export function fixedDeployment(configuration: DeploymentConfiguration): FixedDeployment {
  const { name, region, imageAliases, machineImages, limits, intervals, capacity, providers } = configuration;
  const { spotAdvisorFeed, placementScoresPerDay } = capacity;
  return { name, region, imageAliases, machineImages, limits, intervals, providers, capacity: { spotAdvisorFeed, placementScoresPerDay } };
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
