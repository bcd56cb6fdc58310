import { Fn, Stack } from 'aws-cdk-lib';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnInstanceProfile, ManagedPolicy, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NamespaceConfiguration } from '../configuration/namespaces.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { nodeRole, type NodeAccess } from './node-role.ts';

export interface NamespaceNodesProps {
  readonly configuration: DeploymentConfiguration;
  /** The namespace, or `*`. */
  readonly namespace: string;
  readonly settings: NamespaceConfiguration;
  readonly securityGroupId: string;
  /** What every node runs when it boots. */
  readonly bootstrapScript: string;
  readonly access: NodeAccess;
}

type Architecture = 'x86_64' | 'arm64';

/** What the nodes of one namespace are launched with: role, instance profile, and a launch template per architecture. */
export class NamespaceNodes extends Construct {
  readonly namespace: string;
  readonly role: Role;
  readonly launchTemplates: Readonly<Partial<Record<Architecture, CfnLaunchTemplate>>>;

  constructor(scope: Construct, id: string, props: NamespaceNodesProps) {
    super(scope, id);
    this.namespace = props.namespace;
    this.role = nodeRole(this, props.namespace, props.settings, props.access);
    for (const arn of props.settings.managedPolicies) {
      this.role.addManagedPolicy(ManagedPolicy.fromManagedPolicyArn(this, `Policy-${arn.split('/').at(-1)}`, arn));
    }
    const profile = new CfnInstanceProfile(this, 'Profile', { roles: [this.role.roleName] });
    const images = Object.entries(props.configuration.machineImages['default'] ?? {});
    this.launchTemplates = Object.fromEntries(images.map(([architecture, image]) =>
      [architecture, launchTemplate(this, `Template-${architecture}`, props, image, profile)]));
  }
}

function launchTemplate(
  scope: Construct, id: string, props: NamespaceNodesProps, image: string, profile: CfnInstanceProfile,
): CfnLaunchTemplate {
  const volumeSize = props.configuration.rootVolumeGiB;
  const tags = [
    { key: 'orchestrator:deployment', value: props.configuration.name },
    { key: 'Name', value: `${props.configuration.name} node` },
  ];
  return new CfnLaunchTemplate(scope, id, {
    launchTemplateData: {
      imageId: image,
      iamInstanceProfile: { arn: profile.attrArn },
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 2 },
      networkInterfaces: [{
        deviceIndex: 0,
        associatePublicIpAddress: false,
        deleteOnTermination: true,
        groups: [props.securityGroupId, ...props.settings.securityGroups],
      }],
      blockDeviceMappings: [{
        deviceName: '/dev/xvda',
        ebs: { volumeType: 'gp3', encrypted: true, deleteOnTermination: true, ...(volumeSize === undefined ? {} : { volumeSize }) },
      }],
      // A node that shuts itself down is gone, and does not stay behind stopped.
      instanceInitiatedShutdownBehavior: 'terminate',
      userData: Fn.base64(props.bootstrapScript),
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags })),
    },
    tagSpecifications: [{ resourceType: 'launch-template', tags: [{ key: 'orchestrator:deployment', value: props.configuration.name }] }],
    versionDescription: `${Stack.of(scope).stackName} ${props.namespace}`,
  });
}
