import { Stack } from 'aws-cdk-lib';
import { CfnInstanceProfile, ManagedPolicy, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { agentStatements, allow } from './node-role.ts';

/** Parameters of AWS that everybody may read. */
const publicParameters = '/aws/service/';

export interface BuildMachineAccess {
  /** ARNs of the components that it runs. */
  readonly components: readonly string[];
  readonly logs: ILogGroup;
}

/** What machines that build and test images may do: take commands, fetch components, write their log. */
export function buildProfile(scope: Construct, { components, logs }: BuildMachineAccess): { readonly role: Role; readonly profile: CfnInstanceProfile } {
  const statements = [
    ...agentStatements(scope),
    allow(['imagebuilder:GetComponent'], [...components]),
    // Where Image Builder keeps what runs components.
    allow(['s3:GetObject'], [`arn:${Stack.of(scope).partition}:s3:::ec2imagebuilder*/*`]),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]),
  ];
  const role = new Role(scope, 'BuildRole', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    description: 'Machines on which images with Slurm are built and tested',
    inlinePolicies: { Build: new PolicyDocument({ statements }) },
  });
  return { role, profile: new CfnInstanceProfile(scope, 'BuildProfile', { roles: [role.roleName] }) };
}

export interface PipelineAccess {
  readonly buildRole: Role;
  /** Names of the parameters that hold the images. */
  readonly catalogue: readonly string[];
  /** Names of the parameters that say what the images are made of. */
  readonly parents: readonly string[];
}

/**
 * What Image Builder may do in the name of the deployment: what AWS's own policy for this gives, and to write the
 * catalogue. Its service-linked role writes only below `/imagebuilder/`.
 */
export function pipelineRole(scope: Construct, { buildRole, catalogue, parents }: PipelineAccess): Role {
  const stack = Stack.of(scope);
  const passBuildRole = allow(['iam:PassRole'], [buildRole.roleArn]);
  passBuildRole.addCondition('StringEquals', { 'iam:PassedToService': 'ec2.amazonaws.com' });
  const statements = [
    passBuildRole,
    allow(['ssm:PutParameter'], catalogue.map((name) => parameterArn(stack, name))),
    // Parameter Store asks EC2 for an image before it takes its id.
    allow(['ec2:DescribeImages'], ['*']),
    // AWS's own policy names parameters below `/imagebuilder/` only.
    ...(parents.length > 0 ? [allow(['ssm:GetParameter', 'ssm:GetParameters'], parents.map((name) => parameterArn(stack, name)))] : []),
  ];
  return new Role(scope, 'PipelineRole', {
    assumedBy: new ServicePrincipal('imagebuilder.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    description: 'Image Builder, for images with Slurm',
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('EC2ImageBuilderExecutionPolicy')],
    inlinePolicies: { Catalogue: new PolicyDocument({ statements }) },
  });
}

/** Public parameters are no account's. */
function parameterArn(stack: Stack, name: string): string {
  const account = name.startsWith(publicParameters) ? { account: '' } : {};
  return stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, ''), ...account });
}
