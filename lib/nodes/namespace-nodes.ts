import { Fn, Stack } from 'aws-cdk-lib';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnInstanceProfile, ManagedPolicy, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NamespaceConfiguration } from '../configuration/namespaces.ts';
import { efaTemplateNames } from '../configuration/efa-templates.ts';
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

const architectures = ['x86_64', 'arm64'] as const;
type Architecture = (typeof architectures)[number];

/** What the nodes of one namespace are launched with: role, instance profile, and a launch template per architecture. */
export class NamespaceNodes extends Construct {
  readonly namespace: string;
  readonly role: Role;
  readonly launchTemplates: Readonly<Partial<Record<Architecture, CfnLaunchTemplate>>>;
  /** Those whose nodes have Elastic Fabric Adapters; they are launched by their names. */
  readonly efaLaunchTemplates: readonly CfnLaunchTemplate[];

  constructor(scope: Construct, id: string, props: NamespaceNodesProps) {
    super(scope, id);
    this.namespace = props.namespace;
    this.role = nodeRole(this, props.namespace, props.settings, props.access);
    for (const arn of props.settings.managedPolicies) {
      this.role.addManagedPolicy(ManagedPolicy.fromManagedPolicyArn(this, `Policy-${arn.split('/').at(-1)}`, arn));
    }
    const profile = new CfnInstanceProfile(this, 'Profile', { roles: [this.role.roleName] });
    const images = props.configuration.machineImages['default'] ?? {};
    this.launchTemplates = Object.fromEntries(Object.entries(images).map(([architecture, image]) =>
      [architecture, launchTemplate(this, `Template-${architecture}`, props, { image, profile })]));
    const named = efaTemplateNames(props.configuration.name, props.namespace, props.settings) ?? {};
    this.efaLaunchTemplates = architectures.flatMap((architecture) => Object.entries(named[architecture] ?? {}).flatMap(([adapters, name]) => {
      const image = images[architecture];
      return image === undefined ? [] : [launchTemplate(this, `Template-${architecture}-efa-${adapters}`, props, { name, image, profile, adapters: Number(adapters) })];
    }));
  }
}

interface TemplateFields {
  readonly image: string;
  readonly profile: CfnInstanceProfile;
  readonly name?: string;
  /** Elastic Fabric Adapters; without any the template has one plain interface. */
  readonly adapters?: number;
}

function launchTemplate(
  scope: Construct, id: string, props: NamespaceNodesProps, { image, profile, name, adapters = 0 }: TemplateFields,
): CfnLaunchTemplate {
  const volumeSize = props.configuration.rootVolumeGiB;
  const tags = [
    { key: 'orchestrator:deployment', value: props.configuration.name },
    { key: 'Name', value: `${props.configuration.name} node` },
  ];
  return new CfnLaunchTemplate(scope, id, {
    ...(name === undefined ? {} : { launchTemplateName: name }),
    launchTemplateData: {
      imageId: image,
      iamInstanceProfile: { arn: profile.attrArn },
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 2 },
      networkInterfaces: networkInterfaces([props.securityGroupId, ...props.settings.securityGroups], adapters),
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

/**
 * The interfaces of a node: one with an address, and one for each further adapter, on a network card of its own, that
 * carries fabric traffic only and takes no address.
 */
function networkInterfaces(groups: string[], adapters: number): CfnLaunchTemplate.NetworkInterfaceProperty[] {
  const common = { deleteOnTermination: true, groups };
  // EC2 gives no public address to a node of several interfaces, and refuses to be told so.
  const first = { ...common, deviceIndex: 0, ...(adapters > 1 ? {} : { associatePublicIpAddress: false }) };
  if (adapters === 0) return [first];
  const further = Array.from({ length: adapters - 1 }, (_, index) => ({ ...common, networkCardIndex: index + 1, deviceIndex: 1, interfaceType: 'efa-only' }));
  return [{ ...first, networkCardIndex: 0, interfaceType: 'efa' }, ...further];
}
