import {
  CreatePlacementGroupCommand,
  DeletePlacementGroupCommand,
  DescribePlacementGroupsCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { _InstanceType, CreateFleetResult } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

describe('placement groups', () => {
  let fleet: TestFleet;
  beforeEach(async () => {
    fleet = await new TestFleet().start();
  });
  afterEach(() => fleet.close());

  const create = (name: string, job = 'job-1') =>
    fleet.ec2.send(
      new CreatePlacementGroupCommand({
        GroupName: name,
        Strategy: 'cluster',
        TagSpecifications: [{ ResourceType: 'placement-group', Tags: [{ Key: 'job', Value: job }] }],
      }),
    );
  const launchInto = (group: string, zones = 'a', count = 2, InstanceType: _InstanceType = 'c6i.large') =>
    fleet.createFleet(count, {
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
          Overrides: zones.split('').map((zone) => ({ InstanceType, AvailabilityZone: `us-east-1${zone}`, Placement: { GroupName: group } })),
        },
      ],
    });
  const ids = (result: CreateFleetResult) => present(result.Instances).flatMap(({ InstanceIds }) => present(InstanceIds));
  const remove = (name: string) => fleet.ec2.send(new DeletePlacementGroupCommand({ GroupName: name }));

  it('are made once and found by name, state and tag', async () => {
    const { PlacementGroup } = await create('gang-1');
    expect(PlacementGroup).toMatchObject({ GroupName: 'gang-1', Strategy: 'cluster', State: 'available', Tags: [{ Key: 'job', Value: 'job-1' }] });
    await create('gang-2', 'job-2');
    await expect(create('gang-1')).rejects.toMatchObject({ name: 'InvalidPlacementGroup.Duplicate' });
    const filters = [
      { Name: 'tag:job', Values: ['job-2'] },
      { Name: 'state', Values: ['available'] },
      { Name: 'strategy', Values: ['cluster'] },
    ];
    const found = await fleet.ec2.send(new DescribePlacementGroupsCommand({ Filters: filters }));
    expect(found.PlacementGroups?.map(({ GroupName }) => GroupName)).toEqual(['gang-2']);
    const named = await fleet.ec2.send(new DescribePlacementGroupsCommand({ GroupNames: ['gang-1'] }));
    expect(named.PlacementGroups?.[0]?.GroupId).toBe(PlacementGroup?.GroupId);
    await expect(fleet.ec2.send(new DescribePlacementGroupsCommand({ GroupNames: ['gang-3'] }))).rejects.toMatchObject({ name: 'InvalidPlacementGroup.Unknown' });
  });

  it('hold the instances that are launched into them', async () => {
    await create('gang-1');
    const result = await launchInto('gang-1');
    expect(ids(result)).toHaveLength(2);
    expect(result.Instances?.[0]?.LaunchTemplateAndOverrides?.Overrides?.Placement?.GroupName).toBe('gang-1');
    expect((await fleet.instances()).map(({ Placement }) => Placement?.GroupName)).toEqual(['gang-1', 'gang-1']);
  });

  it('that are clusters have one zone', async () => {
    await create('gang-1');
    await launchInto('gang-1', 'b');
    const result = await launchInto('gang-1', 'a');
    expect(result.Instances).toEqual([]);
    expect(result.Errors?.[0]).toMatchObject({
      ErrorCode: 'InvalidPlacementGroup.InUse',
      ErrorMessage: "The placement group 'gang-1' is in use in another availability zone: us-east-1b",
    });
  });

  it('that are clusters have one zone within a call', async () => {
    await create('gang-1');
    await fleet.control('PUT', 'market', { capacity: [{ type: 'c6i.large', market: 'on-demand', capacity: 2 }] });
    const result = await launchInto('gang-1', 'ab', 4);
    expect(ids(result)).toHaveLength(2);
    expect(result.Errors?.map(({ ErrorCode }) => ErrorCode)).toEqual(['InsufficientInstanceCapacity', 'InvalidPlacementGroup.InUse']);
  });

  it('that are clusters take no burstable types', async () => {
    await create('gang-1');
    expect((await launchInto('gang-1', 'a', 1, 't3.medium')).Errors?.[0]).toMatchObject({
      ErrorCode: 'InvalidParameterCombination',
      ErrorMessage: expect.stringContaining("Cluster placement groups are not supported by the 't3.medium'"),
    });
  });

  it('that do not exist, or not yet, take no instances', async () => {
    expect((await launchInto('gang-1')).Errors?.[0]?.ErrorCode).toBe('InvalidPlacementGroup.Unknown');
    await fleet.control('PUT', 'market', { visibility: { instanceMs: 3_600_000 } });
    expect((await create('gang-1')).PlacementGroup?.State).toBe('pending');
    expect((await launchInto('gang-1')).Errors?.[0]?.ErrorCode).toBe('InvalidPlacementGroup.Unknown');
  });

  it('are deleted only once their instances are gone', async () => {
    await create('gang-1');
    const launched = ids(await launchInto('gang-1'));
    await expect(remove('gang-1')).rejects.toMatchObject({ name: 'InvalidPlacementGroup.InUse' });
    await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: launched }));
    await until(async () => (await fleet.instances()).every(({ State }) => State?.Name === 'terminated'));
    await remove('gang-1');
    await expect(remove('gang-1')).rejects.toMatchObject({ name: 'InvalidPlacementGroup.Unknown' });
  });

  it('outlive a restart of the simulator', async () => {
    await create('gang-1');
    await fleet.pause();
    await fleet.start();
    expect((await fleet.ec2.send(new DescribePlacementGroupsCommand({}))).PlacementGroups).toHaveLength(1);
  });
});
