import { Stack } from 'aws-cdk-lib';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import type { JobNodes } from '../nodes/job-nodes.ts';
import { allowImageParameters } from './image-permissions.ts';

const deploymentTag = 'orchestrator:deployment';

/**
 * Launching nodes by EC2 Fleet. EC2 checks the caller for the fleet and for each instance that it launches, so both
 * are named: only from the deployment's own launch templates, only into its own subnets, only with its tag, and
 * passing only the roles of its nodes.
 */
export function allowLaunches(launcher: OrchestratorFunction, configuration: DeploymentConfiguration, nodes: JobNodes): void {
  const arn = ec2Arns(launcher);
  const templates = nodes.namespaces
    .flatMap(({ launchTemplates, efaLaunchTemplates }) => [...Object.values(launchTemplates), ...efaLaunchTemplates])
    .map((template) => arn('launch-template', template.ref));
  const withOurTag = { StringEquals: { [`aws:RequestTag/${deploymentTag}`]: configuration.name } };

  const parts = [
    ...subnetArns(launcher, nodes), ...securityGroupArns(launcher, configuration, nodes),
    arn('network-interface', '*'), arn('volume', '*'), imageArns(launcher),
  ];

  // Spot makes requests, too; conditions are on what they launch.
  launcher.allow(['ec2:CreateFleet', 'ec2:RunInstances'], [...templates, arn('spot-instances-request', '*')]);
  launcher.allow(['ec2:CreateFleet'], [arn('fleet', '*'), ...parts]);
  launcher.allow(['ec2:CreateFleet'], [arn('instance', '*')], withOurTag);
  launcher.allow(['ec2:RunInstances'], [arn('instance', '*')], { ...fromTemplate(launcher), ...withOurTag });
  launcher.allow(['ec2:RunInstances'], parts, fromTemplate(launcher));
  launcher.allow(['ec2:CreateTags'], ['instance', 'spot-instances-request', 'volume'].map((resource) => arn(resource, '*')), {
    StringEquals: { 'ec2:CreateAction': ['CreateFleet', 'RunInstances'] },
  });
  // An answer that was lost is asked for again: EC2 knows no resources for descriptions.
  launcher.allow(['ec2:DescribeFleets'], ['*']);
  launcher.allow(['iam:PassRole'], nodes.namespaces.map((namespace) => namespace.role.roleArn), {
    StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  });
  allowImageParameters(launcher, configuration);
  allowReservations(launcher, configuration);
  allowPlacementGroups(launcher, configuration);
}

/** From which launch template is said once, by naming ours: a role may hold some 10,000 characters. */
function fromTemplate(launcher: OrchestratorFunction): { readonly ArnLike: Record<string, string> } {
  return { ArnLike: { 'ec2:LaunchTemplate': ec2Arns(launcher)('launch-template', '*') } };
}

/** Using the reservations of the configuration; the account that they belong to may be another. */
function allowReservations(launcher: OrchestratorFunction, { namespaces }: DeploymentConfiguration): void {
  const ids = [...new Set(Object.values(namespaces).flatMap(({ capacityReservations }) => capacityReservations))];
  if (ids.length === 0) return;
  const arns = ids.map((id) => Stack.of(launcher).formatArn({ service: 'ec2', account: '*', resource: 'capacity-reservation', resourceName: id }));
  launcher.allow(['ec2:CreateFleet'], arns);
  launcher.allow(['ec2:RunInstances'], arns, fromTemplate(launcher));
}

/** Making placement groups with the deployment's tag and name: for whoever decides on launches, before it makes them. */
export function allowGroupMaking(decider: OrchestratorFunction, configuration: DeploymentConfiguration): void {
  const groups = [groupArns(decider, configuration)];
  decider.allow(['ec2:CreatePlacementGroup'], groups, { StringEquals: { [`aws:RequestTag/${deploymentTag}`]: configuration.name } });
  decider.allow(['ec2:CreateTags'], groups, { StringEquals: { 'ec2:CreateAction': 'CreatePlacementGroup' } });
  decider.allow(['ec2:DescribePlacementGroups'], ['*']);
}

/** Launching into placement groups with the deployment's tag and name. */
function allowPlacementGroups(launcher: OrchestratorFunction, configuration: DeploymentConfiguration): void {
  const groups = [groupArns(launcher, configuration)];
  const withOurTag = { StringEquals: { [`aws:ResourceTag/${deploymentTag}`]: configuration.name } };
  launcher.allow(['ec2:CreateFleet'], groups, withOurTag);
  launcher.allow(['ec2:RunInstances'], groups, { ...fromTemplate(launcher), ...withOurTag });
}

/** Removing placement groups that carry the deployment's tag, and no others. */
export function allowGroupRemoval(remover: OrchestratorFunction, configuration: DeploymentConfiguration): void {
  remover.allow(['ec2:DescribePlacementGroups'], ['*']);
  remover.allow(['ec2:DeletePlacementGroup'], [groupArns(remover, configuration)], {
    StringEquals: { [`aws:ResourceTag/${deploymentTag}`]: configuration.name },
  });
}

function groupArns(launcher: OrchestratorFunction, { name }: DeploymentConfiguration): string {
  return ec2Arns(launcher)('placement-group', `${name}-*`);
}

/** Looking at instances. EC2 knows no resources for descriptions. */
export function allowDescriptions(reader: OrchestratorFunction): void {
  reader.allow(['ec2:DescribeInstances'], ['*']);
}

/** Seeing which instances EC2 does not reach. */
export function allowStatusChecks(reader: OrchestratorFunction): void {
  reader.allow(['ec2:DescribeInstanceStatus'], ['*']);
}

/** Facts and prices of instance types: descriptions and the public price list, which know no resources. */
export function allowCatalogue(reader: OrchestratorFunction): void {
  reader.allow([
    'ec2:DescribeInstanceTypes', 'ec2:DescribeInstanceTypeOfferings', 'ec2:DescribeSpotPriceHistory', 'pricing:GetProducts',
  ], ['*']);
}

/** Terminating instances that carry the deployment's tag, and no others. */
export function allowTerminations(terminator: OrchestratorFunction, configuration: DeploymentConfiguration): void {
  terminator.allow(['ec2:TerminateInstances'], [ec2Arns(terminator)('instance', '*')], {
    StringEquals: { [`aws:ResourceTag/${deploymentTag}`]: configuration.name },
  });
}

function ec2Arns(launcher: OrchestratorFunction): (resource: string, name: string) => string {
  return (resource, resourceName) => Stack.of(launcher).formatArn({ service: 'ec2', resource, resourceName });
}

function subnetArns(launcher: OrchestratorFunction, nodes: JobNodes): string[] {
  return Object.values(nodes.network.subnets).map((subnet) => ec2Arns(launcher)('subnet', subnet));
}

function securityGroupArns(launcher: OrchestratorFunction, configuration: DeploymentConfiguration, nodes: JobNodes): string[] {
  const others = Object.values(configuration.namespaces).flatMap((settings) => settings.securityGroups);
  return [nodes.network.securityGroupId, ...new Set(others)].map((group) => ec2Arns(launcher)('security-group', group));
}

/** Images belong to Amazon, the account or whoever shared them: `nodePools[].image` may name any AMI id. */
function imageArns(launcher: OrchestratorFunction): string {
  return Stack.of(launcher).formatArn({ service: 'ec2', account: '', resource: 'image', resourceName: '*' });
}
