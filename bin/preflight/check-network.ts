import { zonesOf, type ExistingNetwork } from '../../lib/configuration/network.ts';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import type { NetworkFacts, SubnetFacts } from './facts.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** What nodes call, and so need a way to. */
const nodeServices = ['s3', 'ssm', 'ssmmessages', 'logs'];
/** A large gang would not fit. */
const fewAddresses = 64;

/** Zones, subnets, security groups, and the way from there to AWS. */
export function checkNetwork(configuration: DeploymentConfiguration, facts: NetworkFacts): Finding[] {
  const { network, region } = configuration;
  const zones = zonesOf(network, region).map((zone) => facts.zones.has(zone)
    ? ok('zone', zone)
    : fail('zone', `${zone} is not a zone of ${region} that this account may use`, `Name others in network: ${[...facts.zones].join(', ')}.`));
  return [
    ...zones,
    ...(network.kind === 'existing' ? checkExisting(network, facts) : []),
    ...checkSecurityGroups(configuration, facts),
    ...checkFabric(configuration, facts),
    ...checkImageRegistries(configuration),
    ...checkCollectors(configuration, facts),
  ];
}

function checkExisting(network: ExistingNetwork, facts: NetworkFacts): Finding[] {
  return Object.entries(network.subnets).flatMap(([zone, subnetId]) => {
    const subnet = facts.subnets.find((each) => each.subnetId === subnetId);
    if (subnet === undefined) return [fail('subnet', `${subnetId} does not exist`, `Name a subnet of ${network.vpcId} in ${zone}.`)];
    return [checkPlace(network, zone, subnet), checkAddresses(subnet), checkEgress(subnet, facts.endpoints)];
  });
}

function checkPlace(network: ExistingNetwork, zone: string, subnet: SubnetFacts): Finding {
  if (subnet.vpcId !== network.vpcId) return fail('subnet', `${subnet.subnetId} is in ${subnet.vpcId}`, `Name one of ${network.vpcId}.`);
  if (subnet.zone !== zone) return fail('subnet', `${subnet.subnetId} is in ${subnet.zone}, not in ${zone}`, 'Correct the zone in network.subnets.');
  return ok('subnet', `${subnet.subnetId} in ${zone}`);
}

function checkAddresses({ subnetId, freeAddresses }: SubnetFacts): Finding {
  const detail = `${freeAddresses} free addresses in ${subnetId}`;
  if (freeAddresses === 0) return fail('addresses', detail, 'Use a larger subnet.');
  return freeAddresses < fewAddresses ? warn('addresses', detail, 'A large job does not fit: use a larger subnet.') : ok('addresses', detail);
}

function checkEgress({ subnetId, defaultRoute }: SubnetFacts, endpoints: ReadonlySet<string>): Finding {
  if (defaultRoute !== undefined && !defaultRoute.startsWith('igw-')) return ok('way to AWS', `${subnetId} by ${defaultRoute}`);
  const missing = nodeServices.filter((service) => !endpoints.has(service));
  if (missing.length === 0) return ok('way to AWS', `${subnetId} by endpoints`);
  const through = defaultRoute === undefined ? 'no default route' : `only ${defaultRoute}, which nodes cannot use without public addresses`;
  return fail('way to AWS', `${subnetId} has ${through}, and no endpoint for ${missing.join(', ')}`,
    `Route it to a NAT gateway, or add endpoints for ${missing.join(', ')}.`);
}

function checkSecurityGroups({ network, namespaces }: DeploymentConfiguration, facts: NetworkFacts): Finding[] {
  const own = network.kind === 'existing' ? network.securityGroup : undefined;
  const others = [...new Set(Object.values(namespaces).flatMap(({ securityGroups }) => securityGroups))];
  const named = [...(own === undefined ? [] : [own]), ...others];
  return named.map((groupId) => {
    const group = facts.securityGroups.find((each) => each.groupId === groupId);
    if (group === undefined) return fail('security group', `${groupId} does not exist`, 'Name one that exists.');
    if (network.kind === 'existing' && group.vpcId !== network.vpcId) {
      return fail('security group', `${groupId} is in ${group.vpcId}`, `Name one of ${network.vpcId}.`);
    }
    if (groupId === own && !group.admitsItself) {
      return fail('security group', `${groupId} does not let its members talk to each other`, 'Add a rule for all traffic from the group itself, or leave network.securityGroup out.');
    }
    return ok('security group', groupId);
  });
}

/** Elastic Fabric Adapters want a group that lets all through from and to itself, as one that the stack makes does. */
function checkFabric({ network, namespaces }: DeploymentConfiguration, facts: NetworkFacts): Finding[] {
  const own = network.kind === 'existing' ? network.securityGroup : undefined;
  if (own === undefined || facts.securityGroups.every(({ groupId }) => groupId !== own)) return [];
  return Object.entries(namespaces).filter(([, { efa }]) => efa.x86_64.length + efa.arm64.length > 0).map(([namespace, { securityGroups }]) => {
    // Every node of the namespace is in all of them: one that has the rules is enough.
    const groups = [own, ...securityGroups];
    const open = facts.securityGroups.find((each) => groups.includes(each.groupId) && each.admitsItself && each.sendsToItself);
    if (open !== undefined) return ok('fabric', `${namespace}: ${open.groupId}`);
    return fail('fabric', `${namespace}: no rules for all traffic from and to the group itself in ${groups.join(', ')}`,
      `Add both to ${own}, outbound as well: a rule to 0.0.0.0/0 does not cover Elastic Fabric Adapters.`);
  });
}

/** Jobs run without it, but nothing of what they send is seen. */
function checkCollectors({ network, telemetry }: DeploymentConfiguration, { subnets, endpoints }: NetworkFacts): Finding[] {
  if (telemetry.collector === 'none') return [];
  const has = network.kind === 'created' ? network.extraEndpoints : [...endpoints];
  const isClosed = network.kind === 'created'
    ? network.egress === 'endpoints'
    : Object.values(network.subnets).some((id) => subnets.some(({ subnetId, defaultRoute }) => subnetId === id && defaultRoute === undefined));
  const missing = servicesOfCollectors(telemetry).filter((service) => !has.includes(service));
  if (!isClosed || missing.length === 0) return [];
  return [warn('collectors', `nodes cannot reach ${missing.join(' and ')}, so collectors cannot send what jobs tell`, network.kind === 'created'
    ? `Add ${missing.map((service) => `"${service}"`).join(' and ')} to network.extraEndpoints, or set telemetry.collector to "none".`
    : `Add endpoints for ${missing.join(' and ')}, or set telemetry.collector to "none".`)];
}

/** Metrics of nodes go to CloudWatch, wherever jobs' own telemetry does. */
function servicesOfCollectors({ otlpEndpoint, nodeMetrics, programMetrics }: DeploymentConfiguration['telemetry']): readonly string[] {
  const toCloudWatch = otlpEndpoint === undefined;
  return [...(toCloudWatch ? ['xray'] : []), ...(nodeMetrics || (toCloudWatch && programMetrics) ? ['monitoring'] : [])];
}

/** Without a way to the internet only images in ECR can be pulled, by its endpoints. */
function checkImageRegistries({ network, imageAliases }: DeploymentConfiguration): Finding[] {
  if (network.kind !== 'created' || network.egress !== 'endpoints') return [];
  const reachesEcr = ['ecr.api', 'ecr.dkr'].every((service) => network.extraEndpoints.includes(service));
  return Object.entries(imageAliases).map(([alias, image]) => {
    const inEcr = /^\d{12}\.dkr\.ecr\./.test(image);
    if (inEcr && reachesEcr) return ok('image alias', `${alias} is ${image}`);
    return warn('image alias', `${alias} is ${image}, which nodes without a way to the internet cannot pull`, inEcr
      ? 'Add "ecr.api" and "ecr.dkr" to network.extraEndpoints.'
      : 'Copy the image to ECR, or set network.egress to "nat".');
  });
}
