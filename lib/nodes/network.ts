import { CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress, Peer, Port } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { createVpc } from './created-vpc.ts';

/** Where the nodes of all jobs stand. */
export interface NodeNetworkProps {
  readonly configuration: DeploymentConfiguration;
}

/**
 * Subnets by zone and the group of all nodes. Nodes of the group may talk to each other and out; nothing from
 * outside the group may talk to them.
 */
export class NodeNetwork extends Construct {
  /** Subnet id by zone. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly securityGroupId: string;
  readonly vpcId: string;
  /** Group of the interface endpoints that were made here, if any were. */
  readonly endpointGroupId: string | undefined;

  constructor(scope: Construct, id: string, props: NodeNetworkProps) {
    super(scope, id);
    const { network } = props.configuration;
    if (network.kind === 'existing') {
      this.subnets = network.subnets;
      this.vpcId = network.vpcId;
      this.endpointGroupId = undefined;
      this.securityGroupId = network.securityGroup ?? nodeSecurityGroup(this, props.configuration.name, network.vpcId);
      return;
    }
    const { vpc, subnets, endpointGroup } = createVpc(this, props.configuration, network);
    this.subnets = subnets;
    this.vpcId = vpc.vpcId;
    this.endpointGroupId = endpointGroup?.securityGroupId;
    this.securityGroupId = nodeSecurityGroup(this, props.configuration.name, vpc.vpcId);
    endpointGroup?.addIngressRule(Peer.securityGroupId(this.securityGroupId), Port.HTTPS, 'From nodes');
  }
}

/**
 * Declared by rules of its own because EFA asks for a rule towards the group itself beside the one towards
 * everywhere, which the higher construct leaves out.
 */
function nodeSecurityGroup(scope: Construct, deployment: string, vpcId: string): string {
  const group = new CfnSecurityGroup(scope, 'NodeGroup', {
    groupDescription: `Nodes of ${deployment}: they reach each other and out, nothing else reaches them`,
    vpcId,
    securityGroupEgress: [{ ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'Out' }],
  });
  const itself = group.attrGroupId;
  new CfnSecurityGroupIngress(scope, 'FromNodes', {
    groupId: itself, ipProtocol: '-1', sourceSecurityGroupId: itself, description: 'From nodes',
  });
  new CfnSecurityGroupEgress(scope, 'ToNodes', {
    groupId: itself, ipProtocol: '-1', destinationSecurityGroupId: itself, description: 'To nodes, as EFA asks',
  });
  return itself;
}
