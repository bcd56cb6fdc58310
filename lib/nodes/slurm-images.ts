import { Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { CfnDistributionConfiguration, CfnImagePipeline, CfnImageRecipe, CfnInfrastructureConfiguration } from 'aws-cdk-lib/aws-imagebuilder';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { slurmImagePrefix } from '../../core/runtimes/slurm/images.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { SlurmImagesConfiguration } from '../configuration/slurm.ts';
import { retainedLogGroup } from '../functions/log-group.ts';
import type { NodeNetwork } from './network.ts';
import { digest, slurmImageComponents, type SlurmImageComponents } from './slurm-image-components.ts';
import { buildProfile, pipelineRole } from './slurm-image-roles.ts';

const testMinutes = 60;
const parameterMark = 'resolve:ssm:';

export interface SlurmImagesProps {
  readonly configuration: DeploymentConfiguration;
  readonly images: SlurmImagesConfiguration;
  readonly network: Pick<NodeNetwork, 'subnets' | 'vpcId' | 'endpointGroupId'>;
  /** Folder that has `nodes/`. */
  readonly sourceRoot: string;
}

interface Image {
  readonly version: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly source: SlurmImagesConfiguration['versions'][string];
  /** The parameter that holds the id of the newest one. */
  readonly parameter: string;
}

/**
 * A pipeline of EC2 Image Builder for each version of Slurm and architecture. What comes through its tests is put into
 * the catalogue in Parameter Store, where jobs find it.
 */
export class SlurmImages extends Construct {
  private readonly props: SlurmImagesProps;
  private readonly components: SlurmImageComponents;
  private readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: SlurmImagesProps) {
    super(scope, id);
    this.props = props;
    const { configuration, images, sourceRoot } = props;
    this.components = slurmImageComponents(this, configuration.name, sourceRoot);
    // Image Builder writes logs nowhere but below this name.
    this.logs = retainedLogGroup(this, 'Logs', configuration, 'other', { logGroupName: `/aws/imagebuilder/${configuration.name}-slurm` });
    const { role: buildRole, profile } = buildProfile(this, {
      components: Object.values(this.components).map(({ attrArn }) => attrArn), logs: this.logs,
    });
    const group = this.securityGroup();
    const all = imagesOf(configuration.name, images);
    const role = pipelineRole(this, {
      buildRole,
      catalogue: all.map(({ parameter }) => parameter),
      parents: images.architectures.map((architecture) => images.parents[architecture])
        .flatMap((parent) => (parent.startsWith(parameterMark) ? [parent.slice(parameterMark.length)] : [])),
    });
    for (const architecture of images.architectures) {
      const machine = this.machine(architecture, profile.ref, group.attrGroupId);
      for (const image of all.filter((each) => each.architecture === architecture)) this.pipeline(image, machine.attrArn, role);
    }
  }

  /** On what images are built, in the first of the deployment's subnets. */
  private machine(architecture: Image['architecture'], instanceProfileName: string, group: string): CfnInfrastructureConfiguration {
    const { configuration: { name }, images, network } = this.props;
    const [subnetId] = Object.values(network.subnets);
    return new CfnInfrastructureConfiguration(this, `Machine-${architecture}`, {
      name: `${name}-slurm-${architecture}`,
      instanceTypes: images.instanceTypes[architecture],
      instanceProfileName,
      ...(subnetId === undefined ? {} : { subnetId }),
      securityGroupIds: [group],
      instanceMetadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
      terminateInstanceOnFailure: true,
      // Not the tag of the deployment's nodes: the reconciler would end a machine that no job has.
      resourceTags: { Name: `${name} image`, 'orchestrator:stack': name },
    });
  }

  /** Nobody reaches a machine that builds, not even nodes; it reaches what is fetched. */
  private securityGroup(): CfnSecurityGroup {
    const { network, configuration } = this.props;
    const group = new CfnSecurityGroup(this, 'BuildGroup', {
      groupDescription: `Machines that build images for ${configuration.name}: they reach HTTPS, nothing reaches them`,
      vpcId: network.vpcId,
      securityGroupEgress: [{ ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'HTTPS' }],
    });
    if (network.endpointGroupId !== undefined) {
      new CfnSecurityGroupIngress(this, 'ToEndpoints', {
        groupId: network.endpointGroupId, ipProtocol: 'tcp', fromPort: 443, toPort: 443, sourceSecurityGroupId: group.attrGroupId,
        description: 'From machines that build images',
      });
    }
    return group;
  }

  private pipeline(image: Image, machine: string, role: Role): void {
    const { images, configuration } = this.props;
    const id = `${image.version}-${image.architecture}`;
    const name = `${configuration.name}-slurm-${id.replaceAll('.', '-')}`;
    new CfnImagePipeline(this, `Pipeline-${id}`, {
      name,
      description: `Slurm ${image.version} for ${image.architecture}`,
      imageRecipeArn: this.recipe(image, name, id).attrArn,
      infrastructureConfigurationArn: machine,
      distributionConfigurationArn: this.distribution(image, name, id).attrArn,
      executionRole: role.roleArn,
      loggingConfiguration: { imageLogGroupName: this.logs.logGroupName, pipelineLogGroupName: this.logs.logGroupName },
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: testMinutes },
      // The inventory of packages takes rights over all of Systems Manager.
      enhancedImageMetadataEnabled: false,
      ...(images.schedule !== undefined && {
        schedule: { scheduleExpression: images.schedule, pipelineExecutionStartCondition: 'EXPRESSION_MATCH_ONLY' },
      }),
    });
  }

  /** A recipe never changes either: another recipe has another name. */
  private recipe({ version, architecture, source }: Image, name: string, id: string): CfnImageRecipe {
    const { images } = this.props;
    const { base, slurm, verify } = this.components;
    const url = source.url ?? `https://download.schedmd.com/slurm/slurm-${version}.tar.bz2`;
    const slurmVersion = { SLURM_VERSION: version };
    const parent = images.parents[architecture].replace(parameterMark, 'ssm:');
    const values = { ...slurmVersion, SLURM_URL: url, SLURM_SHA256: source.sha256 };
    const made = [base.name, slurm.name, verify.name, parent, images.efaInstaller, images.volumeGiB, values];
    return new CfnImageRecipe(this, `Recipe-${id}`, {
      name: `${name}-${digest(JSON.stringify(made))}`,
      version: '1.0.0',
      description: `Slurm ${version} for ${architecture}`,
      parentImage: parent,
      components: [
        { componentArn: base.attrArn, parameters: parameters({ EFA_VERSION: images.efaInstaller }) },
        { componentArn: slurm.attrArn, parameters: parameters(values) },
        { componentArn: verify.attrArn, parameters: parameters(slurmVersion) },
      ],
      blockDeviceMappings: [{
        deviceName: '/dev/xvda',
        ebs: { volumeType: 'gp3', volumeSize: images.volumeGiB, encrypted: true, deleteOnTermination: true },
      }],
      additionalInstanceConfiguration: { systemsManagerAgent: { uninstallAfterBuild: false } },
    });
  }

  private distribution({ version, architecture, parameter }: Image, name: string, id: string): CfnDistributionConfiguration {
    const { configuration } = this.props;
    return new CfnDistributionConfiguration(this, `Distribution-${id}`, {
      name,
      distributions: [{
        region: Stack.of(this).region,
        // The CDK hands this on as it stands: it needs the names of CloudFormation.
        amiDistributionConfiguration: {
          Name: `${name} {{ imagebuilder:buildDate }}`,
          AmiTags: { Name: `Slurm ${version}`, 'orchestrator:stack': configuration.name, 'orchestrator:slurm': `${version}/${architecture}` },
        },
        ssmParameterConfigurations: [{ parameterName: parameter, dataType: 'aws:ec2:image' }],
      }],
    });
  }
}

function parameters(values: Readonly<Record<string, string>>): CfnImageRecipe.ComponentParameterProperty[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: [value] }));
}

function imagesOf(deployment: string, { versions, architectures }: SlurmImagesConfiguration): Image[] {
  const prefix = slurmImagePrefix({ name: deployment });
  return Object.entries(versions).flatMap(([version, source]) =>
    architectures.map((architecture) => ({ version, architecture, source, parameter: `${prefix}/${version}/${architecture}` })));
}
