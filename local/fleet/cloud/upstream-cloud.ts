import { createHash } from 'node:crypto';

import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import type { LaunchTemplateVersion, Subnet as Ec2Subnet } from '@aws-sdk/client-ec2';
import { ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';

import type { Tags } from '../model.ts';
import type { AwsClients } from './aws-clients.ts';
import type { Cloud, EventRule, InstanceProfile, LaunchTemplate, RoleCredentials, Subnet, TemplateReference } from './cloud.ts';

const INSTANCE_SESSION_SECONDS = 21_600;

/** The rest of the cloud, read through its own API. */
export class UpstreamCloud implements Cloud {
  readonly #clients: AwsClients;

  constructor(clients: AwsClients) {
    this.#clients = clients;
  }

  async launchTemplate(reference: TemplateReference): Promise<LaunchTemplate | undefined> {
    const answer = await unlessMissing(
      this.#clients.ec2.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId: reference.id,
          LaunchTemplateName: reference.name,
          Versions: [reference.version ?? '$Default'],
        }),
      ),
    );
    const version = answer?.LaunchTemplateVersions?.[0];
    return version === undefined ? undefined : toLaunchTemplate(version);
  }

  async subnet(id: string): Promise<Subnet | undefined> {
    const answer = await unlessMissing(this.#clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] })));
    return toSubnet(answer?.Subnets?.[0]);
  }

  async defaultSubnet(zone: string): Promise<Subnet | undefined> {
    const filters = [
      { Name: 'availability-zone', Values: [zone] },
      { Name: 'default-for-az', Values: ['true'] },
    ];
    const answer = await this.#clients.ec2.send(new DescribeSubnetsCommand({ Filters: filters }));
    return toSubnet(answer.Subnets?.[0]);
  }

  async image(reference: string): Promise<string | undefined> {
    const [, name = ''] = /^resolve:ssm:(.+)$/.exec(reference) ?? [];
    if (name === '') {
      return reference;
    }
    const answer = await unlessMissing(this.#clients.ssm.send(new GetParameterCommand({ Name: name })));
    const { Value: value, DataType: type } = answer?.Parameter ?? {};
    // AWS publishes more images than the local cloud knows: such a name stands for an id of its own.
    if (name.startsWith('/aws/service/')) return value ?? publicImage(name);
    return type === 'aws:ec2:image' ? value : undefined;
  }

  async instanceProfile(reference: { arn?: string | undefined; name?: string | undefined }): Promise<InstanceProfile | undefined> {
    const name = reference.name ?? reference.arn?.split('/').at(-1);
    const answer = await unlessMissing(
      this.#clients.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })),
    );
    const profile = answer?.InstanceProfile;
    const role = profile?.Roles?.[0];
    return profile?.Arn === undefined || role?.Arn === undefined || role.RoleName === undefined
      ? undefined
      : { arn: profile.Arn, roleArn: role.Arn, roleName: role.RoleName };
  }

  async roleCredentials(roleArn: string, sessionName: string): Promise<RoleCredentials> {
    const { Credentials: session } = await this.#clients.sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: INSTANCE_SESSION_SECONDS,
      }),
    );
    if (session?.AccessKeyId === undefined || session.SecretAccessKey === undefined || session.SessionToken === undefined) {
      throw new Error(`No session of ${roleArn} was given`);
    }
    return {
      accessKeyId: session.AccessKeyId,
      secretAccessKey: session.SecretAccessKey,
      sessionToken: session.SessionToken,
      expiresAtMs: session.Expiration?.getTime() ?? 0,
    };
  }

  async eventRules(): Promise<readonly EventRule[]> {
    const rules: EventRule[] = [];
    let token: string | undefined;
    do {
      const page = await this.#clients.events.send(new ListRulesCommand({ NextToken: token }));
      for (const { Name: name, EventPattern: pattern, State: state } of page.Rules ?? []) {
        if (name !== undefined && pattern !== undefined && state !== 'DISABLED') {
          rules.push({ name, pattern, targets: await this.#targets(name) });
        }
      }
      token = page.NextToken;
    } while (token !== undefined);
    return rules;
  }

  async invoke(functionArn: string, payload: string): Promise<void> {
    await this.#clients.lambda.send(
      new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload: Buffer.from(payload) }),
    );
  }

  async #targets(rule: string): Promise<EventRule['targets']> {
    const { Targets: targets = [] } = await this.#clients.events.send(new ListTargetsByRuleCommand({ Rule: rule }));
    return targets.map(({ Arn, Input, InputPath }) => ({ arn: Arn ?? '', input: Input, inputPath: InputPath }));
  }
}

function publicImage(name: string): string {
  return `ami-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`;
}

function toLaunchTemplate(version: LaunchTemplateVersion): LaunchTemplate {
  const data = version.LaunchTemplateData ?? {};
  const card = data.NetworkInterfaces?.[0];
  const userData = data.UserData;
  return {
    id: version.LaunchTemplateId ?? '',
    name: version.LaunchTemplateName ?? '',
    version: String(version.VersionNumber ?? 1),
    imageId: data.ImageId,
    instanceType: data.InstanceType,
    subnetId: card?.SubnetId,
    securityGroupIds: [...new Set([...(data.SecurityGroupIds ?? []), ...(data.NetworkInterfaces ?? []).flatMap(({ Groups }) => Groups ?? [])])],
    profile:
      data.IamInstanceProfile === undefined
        ? undefined
        : { arn: data.IamInstanceProfile.Arn, name: data.IamInstanceProfile.Name },
    userData: userData === undefined ? undefined : Buffer.from(userData, 'base64').toString('utf8'),
    shutdownBehavior: data.InstanceInitiatedShutdownBehavior === 'terminate' ? 'terminate' : 'stop',
    instanceTags: tagsFor(version, 'instance'),
    volumeTags: tagsFor(version, 'volume'),
    placementGroup: data.Placement?.GroupName,
    interfaces: data.NetworkInterfaces?.map(({ InterfaceType: type, NetworkCardIndex: cardIndex = 0, DeviceIndex: deviceIndex = 0 }) => ({
      kind: type === 'efa' || type === 'efa-only' ? type : 'interface',
      cardIndex,
      deviceIndex,
    })),
  };
}

function tagsFor(version: LaunchTemplateVersion, resourceType: string): Tags {
  const tags = (version.LaunchTemplateData?.TagSpecifications ?? [])
    .filter((specification) => specification.ResourceType === resourceType)
    .flatMap((specification) => specification.Tags ?? []);
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function toSubnet(subnet: Ec2Subnet | undefined): Subnet | undefined {
  return subnet?.SubnetId === undefined
    ? undefined
    : {
        id: subnet.SubnetId,
        vpcId: subnet.VpcId ?? '',
        zone: subnet.AvailabilityZone ?? '',
        cidr: subnet.CidrBlock ?? '10.0.0.0/24',
      };
}

/** Undefined where the service says that there is no such thing. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuchEntity|does not exist/.test(`${error.name} ${error.message}`)) {
      return undefined;
    }
    throw error;
  }
}
