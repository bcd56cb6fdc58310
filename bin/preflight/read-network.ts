import {
  DescribeAvailabilityZonesCommand, DescribeRouteTablesCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand,
  EC2Client, paginateDescribeVpcEndpoints, type IpPermission, type RouteTable,
} from '@aws-sdk/client-ec2';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import type { NetworkFacts, SecurityGroupFacts, SubnetFacts } from './facts.ts';

/** Asks EC2 about the zones and, for a network that exists, about what is in it. */
export async function readNetwork(configuration: DeploymentConfiguration): Promise<NetworkFacts> {
  const ec2 = new EC2Client({ region: configuration.region });
  const { network } = configuration;
  const groupIds = Object.values(configuration.namespaces).flatMap(({ securityGroups }) => securityGroups);
  const zones = await readZones(ec2);
  if (network.kind === 'created') {
    return { zones, subnets: [], securityGroups: await readSecurityGroups(ec2, groupIds), endpoints: new Set() };
  }
  const [subnets, securityGroups, endpoints] = await Promise.all([
    readSubnets(ec2, network.vpcId, Object.values(network.subnets)),
    readSecurityGroups(ec2, [...groupIds, ...(network.securityGroup === undefined ? [] : [network.securityGroup])]),
    readEndpoints(ec2, network.vpcId),
  ]);
  return { zones, subnets, securityGroups, endpoints };
}

async function readZones(ec2: EC2Client): Promise<Set<string>> {
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  return new Set(AvailabilityZones.filter(({ State }) => State === 'available').flatMap(({ ZoneName }) => ZoneName ?? []));
}

async function readSubnets(ec2: EC2Client, vpcId: string, subnetIds: string[]): Promise<SubnetFacts[]> {
  // By filter: an id that is unknown fails the whole call.
  const [{ Subnets = [] }, { RouteTables = [] }] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: subnetIds }] })),
    ec2.send(new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] })),
  ]);
  return Subnets.map(({ SubnetId = '', VpcId = '', AvailabilityZone = '', AvailableIpAddressCount = 0 }) => ({
    subnetId: SubnetId, vpcId: VpcId, zone: AvailabilityZone, freeAddresses: AvailableIpAddressCount,
    defaultRoute: defaultRoute(RouteTables, SubnetId),
  }));
}

/** A subnet without a table of its own has the main one of its VPC. */
function defaultRoute(tables: readonly RouteTable[], subnetId: string): string | undefined {
  const own = tables.find(({ Associations = [] }) => Associations.some((each) => each.SubnetId === subnetId));
  const table = own ?? tables.find(({ Associations = [] }) => Associations.some((each) => each.Main));
  const route = table?.Routes?.find(({ DestinationCidrBlock, State }) => DestinationCidrBlock === '0.0.0.0/0' && State !== 'blackhole');
  return route?.NatGatewayId ?? route?.TransitGatewayId ?? route?.GatewayId ?? route?.NetworkInterfaceId;
}

async function readSecurityGroups(ec2: EC2Client, groupIds: readonly string[]): Promise<SecurityGroupFacts[]> {
  if (groupIds.length === 0) return [];
  const filter = { Name: 'group-id', Values: [...new Set(groupIds)] };
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [filter] }));
  return SecurityGroups.map(({ GroupId = '', VpcId = '', IpPermissions = [], IpPermissionsEgress = [] }) => ({
    groupId: GroupId, vpcId: VpcId, admitsItself: allowsAll(IpPermissions, GroupId), sendsToItself: allowsAll(IpPermissionsEgress, GroupId),
  }));
}

/** Whether one of the rules is for all traffic from or to a group. */
function allowsAll(rules: readonly IpPermission[], groupId: string): boolean {
  return rules.some(({ IpProtocol, UserIdGroupPairs = [] }) =>
    IpProtocol === '-1' && UserIdGroupPairs.some((pair) => pair.GroupId === groupId));
}

async function readEndpoints(ec2: EC2Client, vpcId: string): Promise<Set<string>> {
  const services = new Set<string>();
  for await (const { VpcEndpoints = [] } of paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] })) {
    // com.amazonaws.us-east-1.ssm
    for (const { ServiceName } of VpcEndpoints) services.add(ServiceName?.split('.').slice(3).join('.') ?? '');
  }
  return services;
}
