import { CreateLaunchTemplateCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import type { LocalCloud } from '../../../local/cloud.ts';
import type { Credentials } from '../../../local/environment-file.ts';

const REGION = 'us-east-1';
const BUCKET = 'results-of-nodes';

/** What an administrator prepared in the account for fleets. */
export interface PreparedAccount {
  readonly subnetId: string;
  readonly templateId: string;
  readonly bucket: string;
  /** A user who may launch and command nodes of one team. */
  readonly operator: Credentials;
}

/** A subnet, a launch template with a role that may write to one bucket, and a user with tag conditions. */
export async function prepareAccount(cloud: LocalCloud): Promise<PreparedAccount> {
  const clientOptions = { region: REGION, credentials: cloud.administrator };
  const ec2 = new EC2Client({ ...clientOptions, endpoint: cloud.fleetUrl });
  const iam = new IAMClient({ ...clientOptions, endpoint: cloud.endpoint });
  const s3 = new S3Client({ ...clientOptions, endpoint: cloud.endpoint, forcePathStyle: true });
  // EC2 calls that the simulator does not know reach MiniStack through it.
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/24', AvailabilityZone: 'us-east-1d' }));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await createNodeRole(iam);
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'node',
      LaunchTemplateData: {
        ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
        IamInstanceProfile: { Name: 'node' },
        UserData: Buffer.from('#!/bin/bash\necho booted >/data/boot\n').toString('base64'),
        InstanceInitiatedShutdownBehavior: 'terminate',
      },
    }),
  );
  return {
    subnetId: Subnet?.SubnetId ?? '',
    templateId: LaunchTemplate?.LaunchTemplateId ?? '',
    bucket: BUCKET,
    operator: await createOperator(iam),
  };
}

async function createNodeRole(iam: IAMClient): Promise<void> {
  const trust = statement({ Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });
  await iam.send(new CreateRoleCommand({ RoleName: 'node', AssumeRolePolicyDocument: trust }));
  const write = statement({ Action: ['s3:PutObject'], Resource: `arn:aws:s3:::${BUCKET}/*` });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'node', PolicyName: 'Write', PolicyDocument: write }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'node' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'node', RoleName: 'node' }));
}

async function createOperator(iam: IAMClient): Promise<Credentials> {
  const policy = statement(
    { Action: ['ec2:Describe*', 'ssm:List*', 'ssm:Get*', 'ssm:Describe*', 'ssm:CreateDocument'], Resource: '*' },
    { Action: 'ec2:CreateFleet', Resource: '*' },
    {
      Action: 'ec2:RunInstances',
      Resource: ['subnet', 'launch-template', 'network-interface', 'spot-instances-request', 'volume', 'image'].map((kind) => `arn:aws:ec2:*:*:${kind}/*`),
    },
    { Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:instance/*', Condition: ofTeam('aws:RequestTag/team') },
    { Action: 'ec2:CreateTags', Resource: 'arn:aws:ec2:*:*:instance/*', Condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } } },
    { Action: 'iam:PassRole', Resource: 'arn:aws:iam::*:role/node', Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } },
    { Action: 'ec2:TerminateInstances', Resource: '*', Condition: ofTeam('aws:ResourceTag/team') },
    { Action: 'ssm:SendCommand', Resource: 'arn:aws:ssm:*:*:document/Step*' },
    { Action: 'ssm:SendCommand', Resource: 'arn:aws:ec2:*:*:instance/*', Condition: ofTeam('ssm:resourceTag/team') },
  );
  await iam.send(new CreateUserCommand({ UserName: 'operator' }));
  await iam.send(new PutUserPolicyCommand({ UserName: 'operator', PolicyName: 'Fleet', PolicyDocument: policy }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'operator' }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

function ofTeam(key: string): object {
  return { StringEquals: { [key]: 'biology' } };
}

function statement(...statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) });
}
