import { CreatePlacementGroupCommand, DeletePlacementGroupCommand, DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { Authorizer } from '../../../../local/fleet/http/authorizer.ts';
import type { AccessCheck } from '../../../../local/fleet/http/caller.ts';
import { TestFleet, present } from './test-fleet.ts';

jest.setTimeout(60_000);

const ACCOUNT = '123456789012';

function arn(resource: string): string {
  return `arn:aws:ec2:us-east-1:${ACCOUNT}:${resource}`;
}

function allowAll(_check: AccessCheck): boolean {
  return false;
}

describe('permissions', () => {
  const asked: AccessCheck[] = [];
  let isRefused = allowAll;
  const authorizer: Authorizer = {
    identify: () => ({
      account: ACCOUNT,
      region: 'us-east-1',
      refusals: (checks) => {
        asked.push(...checks);
        return Promise.resolve(
          checks.filter((check) => isRefused(check)).map((check) => ({ check, message: `User: me is not authorized to perform: ${check.action} on resource: ${check.resource}` })),
        );
      },
    }),
  };
  const reservations = [{ id: 'cr-00000001', type: 'm6i.large', zone: 'us-east-1a', total: 1, matching: 'targeted' }];
  const fleet = new TestFleet({ authorizer, scenario: { reservations } });
  const resources = (action: string) => asked.filter((check) => check.action === action).map(({ resource }) => resource);

  beforeAll(async () => {
    fleet.cloud.templates.set('lt-0abc', { profile: { name: 'node' }, securityGroupIds: ['sg-1'], instanceTags: { base: '1' } });
    fleet.cloud.profiles.set('node', { arn: `arn:aws:iam::${ACCOUNT}:instance-profile/node`, roleArn: `arn:aws:iam::${ACCOUNT}:role/node`, roleName: 'node' });
    fleet.cloud.subnets.set('subnet-1', { id: 'subnet-1', vpcId: 'vpc-1', zone: 'us-east-1a', cidr: '10.0.0.0/24' });
    await fleet.start();
  });
  beforeEach(() => {
    asked.length = 0;
    isRefused = allowAll;
  });
  afterAll(() => fleet.close());

  const launch = () =>
    fleet.createFleet(1, {
      LaunchTemplateConfigs: [
        { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' }, Overrides: [{ InstanceType: 'm6i.large', SubnetId: 'subnet-1' }] },
      ],
    });

  it('of CreateFleet are those of everything that it launches', async () => {
    await launch();
    expect(resources('ec2:CreateFleet')).toEqual([arn('fleet/*'), arn('launch-template/lt-0abc')]);
    expect(resources('ec2:RunInstances').sort()).toEqual(
      [
        arn('instance/*'),
        arn('subnet/subnet-1'),
        arn('launch-template/lt-0abc'),
        'arn:aws:ec2:us-east-1::image/ami-00000000000000001',
        arn('network-interface/*'),
        arn('volume/*'),
        arn('security-group/sg-1'),
      ].sort(),
    );
    const instance = asked.find(({ action, resource }) => action === 'ec2:RunInstances' && resource === arn('instance/*'));
    expect(instance?.context).toMatchObject({ 'aws:RequestTag/job': 'job-1', 'aws:RequestTag/base': '1', 'ec2:InstanceType': 'm6i.large' });
    const tags = asked.find(({ action }) => action === 'ec2:CreateTags');
    expect(tags).toMatchObject({ resource: arn('instance/*'), context: { 'ec2:CreateAction': 'RunInstances' } });
    const pass = asked.find(({ action }) => action === 'iam:PassRole');
    expect(pass).toMatchObject({ resource: `arn:aws:iam::${ACCOUNT}:role/node`, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
  });

  it('of a launch on Spot are on its request, too', async () => {
    await fleet.createFleet(1, { TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' } });
    expect(resources('ec2:RunInstances')).toContain(arn('spot-instances-request/*'));
  });

  it('of CreateFleet are those of looking up an image, too', async () => {
    await fleet.createFleet(1, {
      LaunchTemplateConfigs: [{
        LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
        Overrides: ['/ours/image', '/aws/service/image'].map((name) => ({ InstanceType: 'm6i.large', SubnetId: 'subnet-1', ImageId: `resolve:ssm:${name}` })),
      }],
    });
    expect(resources('ssm:GetParameters')).toEqual([`arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/ours/image`, 'arn:aws:ssm:us-east-1::parameter/aws/service/image']);
  });

  it('that a launch lacks are errors of its pool, not of the call', async () => {
    isRefused = ({ action }) => action === 'iam:PassRole';
    const result = await launch();
    expect(result.Instances).toEqual([]);
    expect(result.Errors?.[0]).toMatchObject({ ErrorCode: 'UnauthorizedOperation', ErrorMessage: expect.stringContaining('iam:PassRole') });
  });

  it('of CreateFleet itself fail the call', async () => {
    isRefused = ({ action }) => action === 'ec2:CreateFleet';
    await expect(launch()).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringContaining('You are not authorized to perform this operation. User: me is not authorized to perform: ec2:CreateFleet on resource'),
    });
  });

  it('of TerminateInstances depend on the tags of each instance', async () => {
    const [id] = await fleet.registered(1);
    isRefused = ({ action, context }) => action === 'ec2:TerminateInstances' && context?.['aws:ResourceTag/job'] === 'job-1';
    await expect(fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: [present(id)] }))).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    expect(resources('ec2:TerminateInstances')).toEqual([arn(`instance/${id}`)]);
  });

  it('of SendCommand are on the document and on each instance with its tags', async () => {
    const [id] = await fleet.registered(1);
    asked.length = 0;
    await fleet.send('true', { Targets: [{ Key: 'InstanceIds', Values: [present(id)] }] });
    const [document, instance] = asked.filter(({ action }) => action === 'ssm:SendCommand');
    expect(document?.resource).toMatch(new RegExp(`^arn:aws:ssm:us-east-1:${ACCOUNT}:document/Step-`));
    expect(instance).toMatchObject({ resource: arn(`instance/${id}`), context: { 'ssm:resourceTag/job': 'job-1' } });
    isRefused = ({ action }) => action === 'ssm:SendCommand';
    await expect(fleet.send('true', { InstanceIds: [present(id)] })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('of a launch into a placement group and a reservation are on these, too', async () => {
    const group = { resource: arn('placement-group/gang-1'), context: { 'ec2:PlacementGroupStrategy': 'cluster' } };
    await fleet.ec2.send(
      new CreatePlacementGroupCommand({
        GroupName: 'gang-1',
        Strategy: 'cluster',
        TagSpecifications: [{ ResourceType: 'placement-group', Tags: [{ Key: 'job', Value: 'job-1' }] }],
      }),
    );
    expect(asked).toMatchObject([
      { action: 'ec2:CreatePlacementGroup', ...group, context: { ...group.context, 'aws:RequestTag/job': 'job-1', 'aws:TagKeys': ['job'] } },
      { action: 'ec2:CreateTags', ...group, context: { 'ec2:CreateAction': 'CreatePlacementGroup', 'aws:RequestTag/job': 'job-1' } },
    ]);
    await fleet.createFleet(1, {
      TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'reserved-capacity' },
      ReservedCapacityOptions: {
        ReservationTypes: ['on-demand-capacity-reservation'],
        CapacityReservationTarget: { CapacityReservationIds: ['cr-00000001'] },
      },
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
          Overrides: [{ InstanceType: 'm6i.large', SubnetId: 'subnet-1', Placement: { GroupName: 'gang-1' } }],
        },
      ],
    });
    expect(resources('ec2:RunInstances')).toEqual(expect.arrayContaining([arn('placement-group/gang-1'), arn('capacity-reservation/cr-00000001')]));
    const launching = asked.find(({ action, resource }) => action === 'ec2:RunInstances' && resource === group.resource);
    expect(launching?.context).toMatchObject({ ...group.context, 'aws:ResourceTag/job': 'job-1', 'ec2:LaunchTemplate': arn('launch-template/lt-0abc') });
    isRefused = ({ action, context }) => action === 'ec2:DeletePlacementGroup' && context?.['aws:ResourceTag/job'] === 'job-1';
    await expect(fleet.ec2.send(new DeletePlacementGroupCommand({ GroupName: 'gang-1' }))).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });

  it('to describe are on everything', async () => {
    await fleet.ec2.send(new DescribeInstancesCommand({}));
    expect(asked).toEqual([{ action: 'ec2:DescribeInstances', resource: '*' }]);
  });
});
