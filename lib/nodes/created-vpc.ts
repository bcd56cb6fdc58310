import {
  FlowLogDestination, FlowLogTrafficType, GatewayVpcEndpointAwsService, InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService, IpAddresses, SecurityGroup, SubnetType, Vpc, type IVpc, type SubnetConfiguration,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { zonesOf, type CreatedNetwork } from '../configuration/network.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { retainedLogGroup } from '../functions/log-group.ts';

/** A zone gets an eighth of the VPC, so that six zones and the NAT gateway's subnets always fit. */
const zoneShareBits = 3;
const reservedZones = 6;
const natSubnetMask = 28;

/** What the SSM agent (3.3.40 or later) and the step runner call. Agents before that need `ec2messages` too. */
const nodeServices = ['ssm', 'ssmmessages', 'logs'];

export interface CreatedVpc {
  readonly vpc: Vpc;
  /** Id of the nodes' subnet by zone. */
  readonly subnets: Readonly<Record<string, string>>;
  /** Whom it admits may use the interface endpoints; `undefined` where there are none. */
  readonly endpointGroup: SecurityGroup | undefined;
}

/** Makes a VPC with one private subnet per zone, and the way from there to AWS that the configuration names. */
export function createVpc(scope: Construct, configuration: DeploymentConfiguration, network: CreatedNetwork): CreatedVpc {
  const zones = zonesOf(network, configuration.region);
  const vpc = new Vpc(scope, 'Vpc', {
    ipAddresses: IpAddresses.cidr(network.cidr),
    availabilityZones: [...zones],
    // Room for zones that are added later: without it a new zone would move the others' addresses.
    reservedAzs: reservedZones - zones.length,
    natGateways: network.egress === 'nat' ? 1 : 0,
    subnetConfiguration: subnetsFor(network),
    // Stripping the default group of its rules takes a custom resource; nothing of ours is in it.
    restrictDefaultSecurityGroup: false,
    gatewayEndpoints: {
      S3: { service: GatewayVpcEndpointAwsService.S3 },
      DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
    },
  });
  if (network.flowLogs) logRefusedConnections(scope, vpc, configuration);
  const nodeSubnets = vpc.selectSubnets({ subnetGroupName: 'Nodes' }).subnets;
  return {
    vpc,
    subnets: Object.fromEntries(nodeSubnets.map((subnet) => [subnet.availabilityZone, subnet.subnetId])),
    endpointGroup: interfaceEndpoints(scope, vpc as IVpc, network),
  };
}

function subnetsFor(network: CreatedNetwork): SubnetConfiguration[] {
  const cidrMask = Number(network.cidr.split('/')[1]) + zoneShareBits;
  if (network.egress === 'endpoints') return [{ name: 'Nodes', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask }];
  return [
    { name: 'Nodes', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask },
    { name: 'Nat', subnetType: SubnetType.PUBLIC, cidrMask: natSubnetMask, mapPublicIpOnLaunch: false },
  ];
}

function interfaceEndpoints(scope: Construct, vpc: IVpc, network: CreatedNetwork): SecurityGroup | undefined {
  const services = [...(network.egress === 'endpoints' ? nodeServices : []), ...network.extraEndpoints];
  if (services.length === 0) return undefined;
  const group = new SecurityGroup(scope, 'EndpointGroup', {
    vpc, description: 'Interface endpoints: nodes may call them', allowAllOutbound: false,
  });
  for (const service of services) {
    new InterfaceVpcEndpoint(scope, `Endpoint-${service}`, {
      vpc,
      service: new InterfaceVpcEndpointAwsService(service),
      subnets: { subnetGroupName: 'Nodes' },
      securityGroups: [group],
      open: false,
      privateDnsEnabled: true,
    });
  }
  return group;
}

function logRefusedConnections(scope: Construct, vpc: Vpc, configuration: DeploymentConfiguration): void {
  vpc.addFlowLog('RefusedConnections', {
    trafficType: FlowLogTrafficType.REJECT,
    destination: FlowLogDestination.toCloudWatchLogs(retainedLogGroup(scope, 'FlowLogs', configuration, 'other')),
  });
}
