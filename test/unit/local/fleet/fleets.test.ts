import { CreateTagsCommand, DescribeFleetsCommand, DescribeInstancesCommand, DescribeInstanceStatusCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { CreateFleetCommandInput, CreateFleetResult } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

const SCENARIO = {
  capacity: [
    { type: '*', market: 'on-demand', capacity: 100 },
    { type: 'c6i.large', zone: 'us-east-1a', market: 'spot', capacity: 3 },
    { type: 'c6i.large', zone: 'us-east-1b', market: 'spot', capacity: 5 },
    { type: 'm6i.large', zone: 'us-east-1b', market: 'spot', capacity: 1 },
  ],
  reservations: [{ id: 'cr-00000001', type: 'c6i.large', zone: 'us-east-1a', total: 2 }],
  // 64 beside the 4 that are reserved.
  quotas: { 'L-1216C47A': 68 },
};

function launched(result: CreateFleetResult): [string, string, number][] {
  return (result.Instances ?? []).map((launch) => [
    present(launch.InstanceType),
    `${launch.Lifecycle}/${launch.LaunchTemplateAndOverrides?.Overrides?.AvailabilityZone}`,
    present(launch.InstanceIds).length,
  ]);
}

function errors(result: CreateFleetResult): [string, string][] {
  return (result.Errors ?? []).map((error) => [
    present(error.ErrorCode),
    `${error.LaunchTemplateAndOverrides?.Overrides?.InstanceType}/${error.LaunchTemplateAndOverrides?.Overrides?.AvailabilityZone}`,
  ]);
}

describe('CreateFleet', () => {
  let fleet: TestFleet;
  const spot = (total: number, options: CreateFleetCommandInput['SpotOptions'] = {}, rest: object = {}) =>
    fleet.createFleet(total, {
      types: ['c6i.large'],
      zones: 'ab',
      TargetCapacitySpecification: { TotalTargetCapacity: total, DefaultTargetCapacityType: 'spot' },
      SpotOptions: options,
      ...rest,
    });

  beforeEach(async () => {
    fleet = await new TestFleet({ scenario: SCENARIO, speed: 0.001 }).start();
  });
  afterEach(() => fleet.close());

  it('launches what it can and says which pools had too little', async () => {
    const result = await spot(10);
    expect(launched(result)).toEqual([
      ['c6i.large', 'spot/us-east-1b', 5],
      ['c6i.large', 'spot/us-east-1a', 3],
    ]);
    expect(errors(result)).toEqual([
      ['InsufficientInstanceCapacity', 'c6i.large/us-east-1b'],
      ['InsufficientInstanceCapacity', 'c6i.large/us-east-1a'],
    ]);
  });

  it('launches nothing below MinTargetCapacity, and takes no capacity', async () => {
    const none = await spot(6, { MinTargetCapacity: 6, SingleAvailabilityZone: true });
    expect(launched(none)).toEqual([]);
    expect(errors(none)).toEqual([['InsufficientInstanceCapacity', 'c6i.large/us-east-1b']]);
    expect(launched(await spot(5, { MinTargetCapacity: 5, SingleAvailabilityZone: true }))).toEqual([['c6i.large', 'spot/us-east-1b', 5]]);
  });

  it('refuses MinTargetCapacity without a single zone or type, as EC2 does', async () => {
    await expect(spot(2, { MinTargetCapacity: 2 })).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  it('takes the zone with the most capacity where the strategy asks for it', async () => {
    await spot(4, { AllocationStrategy: 'lowest-price' });
    const result = await spot(2, { AllocationStrategy: 'capacity-optimized', SingleAvailabilityZone: true });
    expect(launched(result)).toEqual([['c6i.large', 'spot/us-east-1a', 2]]);
  });

  it('spreads a diversified fleet over its pools', async () => {
    expect(launched(await spot(4, { AllocationStrategy: 'diversified' }))).toEqual([
      ['c6i.large', 'spot/us-east-1b', 2],
      ['c6i.large', 'spot/us-east-1a', 2],
    ]);
  });

  it('serves on-demand, reserved and Spot targets of one call', async () => {
    const result = await fleet.createFleet(4, {
      types: ['c6i.large'],
      TargetCapacitySpecification: { TotalTargetCapacity: 4, OnDemandTargetCapacity: 3, SpotTargetCapacity: 1, DefaultTargetCapacityType: 'spot' },
      OnDemandOptions: { CapacityReservationOptions: { UsageStrategy: 'use-capacity-reservations-first' } },
    });
    expect(launched(result)).toEqual([
      ['c6i.large', 'on-demand/us-east-1a', 2],
      ['c6i.large', 'on-demand/us-east-1a', 1],
      ['c6i.large', 'spot/us-east-1a', 1],
    ]);
    const reserved = (await fleet.instances()).map(({ CapacityReservationId }) => CapacityReservationId);
    expect(reserved.filter((id) => id === 'cr-00000001')).toHaveLength(2);
  });

  it('stops at the quota of the family', async () => {
    const result = await fleet.createFleet(40);
    expect(launched(result)).toEqual([['m6i.large', 'on-demand/us-east-1a', 32]]);
    expect(errors(result)).toEqual([['VcpuLimitExceeded', 'm6i.large/us-east-1a']]);
  });

  it('answers a Spot quota in its own words', async () => {
    await fleet.control('PUT', 'market', { quotas: { 'L-34B43A08': 2 } });
    expect(errors(await spot(2))).toContainEqual(['MaxSpotInstanceCountExceeded', 'c6i.large/us-east-1b']);
  });

  it('refuses a type in a zone that does not offer it', async () => {
    const result = await fleet.createFleet(1, { types: ['hpc6a.48xlarge'], zones: 'a' });
    expect(errors(result)).toEqual([['InvalidFleetConfiguration', 'hpc6a.48xlarge/us-east-1a']]);
  });

  it('refuses a maximum price below the market', async () => {
    const result = await spot(1, {}, {
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
          Overrides: [{ InstanceType: 'c6i.large', AvailabilityZone: 'us-east-1a', MaxPrice: '0.001' }],
        },
      ],
    });
    expect(errors(result)).toEqual([['SpotMaxPriceTooLow', 'c6i.large/us-east-1a']]);
  });

  it('runs out of addresses of a subnet', async () => {
    fleet.cloud.subnets.set('subnet-1', { id: 'subnet-1', vpcId: 'vpc-1', zone: 'us-east-1a', cidr: '10.0.0.0/28' });
    const result = await fleet.createFleet(12, {
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
          Overrides: [{ InstanceType: 'm6i.large', SubnetId: 'subnet-1' }],
        },
      ],
    });
    expect(present(result.Instances?.[0]?.InstanceIds)).toHaveLength(11);
    expect(result.Errors?.[0]?.ErrorCode).toBe('InsufficientFreeAddressesInSubnet');
    // EC2 repeats what the request named, and only that.
    expect(result.Instances?.[0]?.LaunchTemplateAndOverrides?.Overrides).toEqual({ InstanceType: 'm6i.large', SubnetId: 'subnet-1' });
    const addresses = (await fleet.instances()).map(({ PrivateIpAddress }) => PrivateIpAddress);
    expect(new Set(addresses).size).toBe(11);
  });

  it('answers a repeated client token with the same fleet and refuses other parameters under it', async () => {
    const first = await spot(2, {}, { ClientToken: 'token' });
    const again = await spot(2, {}, { ClientToken: 'token' });
    expect(again.Instances).toEqual(first.Instances);
    await expect(spot(3, {}, { ClientToken: 'token' })).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' });
    expect(await fleet.instances()).toHaveLength(2);
  });

  it('tells what a fleet launched to who names it, also where a repeated call is answered without', async () => {
    const first = await spot(2, {}, { ClientToken: 'token' });
    await fleet.control('POST', 'faults', { kind: 'terseRepeat', jobId: 'job-1' });
    const again = await spot(2, {}, { ClientToken: 'token' });
    expect(again).toMatchObject({ FleetId: first.FleetId });
    expect(again.Instances ?? []).toEqual([]);
    const { Fleets } = await fleet.ec2.send(new DescribeFleetsCommand({ FleetIds: [present(again.FleetId)] }));
    expect(Fleets?.[0]).toMatchObject({ FleetState: 'active', ActivityStatus: 'fulfilled', Errors: [] });
    expect(Fleets?.[0]?.Instances?.[0]?.InstanceIds).toEqual(first.Instances?.[0]?.InstanceIds);
    await expect(fleet.ec2.send(new DescribeFleetsCommand({ FleetIds: ['fleet-0'] }))).rejects.toMatchObject({ name: 'InvalidFleetId.NotFound' });
  });

  it('answers two calls at once with one client token with one fleet', async () => {
    const [first, second] = await Promise.all([spot(2, {}, { ClientToken: 'same' }), spot(2, {}, { ClientToken: 'same' })]);
    expect(second.FleetId).toBe(first.FleetId);
  });

  it('asks for permission only on a dry run', async () => {
    await expect(spot(2, {}, { DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperation' });
    expect(await fleet.instances()).toHaveLength(0);
  });

  it('adds the tags of the template to those of the request', async () => {
    fleet.cloud.templates.set('lt-0abc', { instanceTags: { base: '1', job: 'none' } });
    await fleet.createFleet(1);
    const [instance] = await fleet.instances();
    expect(Object.fromEntries(present(instance?.Tags).map(({ Key, Value }) => [Key, Value]))).toMatchObject({ base: '1', job: 'job-1' });
  });
});

describe('instances', () => {
  let fleet: TestFleet;
  beforeEach(async () => {
    fleet = await new TestFleet().start();
  });
  afterEach(() => fleet.close());

  it('are not known to DescribeInstances for a while', async () => {
    await fleet.control('PUT', 'market', { visibility: { instanceMs: 86_400_000 } });
    const { Instances } = await fleet.createFleet(1);
    const id = present(Instances?.[0]?.InstanceIds?.[0]);
    await expect(fleet.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
    expect(await fleet.instances()).toEqual([]);
  });

  it('are found by tag and state, page by page', async () => {
    await fleet.createFleet(7);
    await until(async () => (await fleet.instances()).every(({ State }) => State?.Name === 'running'));
    const filters = [
      { Name: 'tag:job', Values: ['job-1', 'job-2'] },
      { Name: 'instance-state-name', Values: ['running'] },
    ];
    const first = await fleet.ec2.send(new DescribeInstancesCommand({ Filters: filters, MaxResults: 5 }));
    const second = await fleet.ec2.send(new DescribeInstancesCommand({ Filters: filters, MaxResults: 5, NextToken: first.NextToken }));
    const ids = [first, second].flatMap(({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)));
    expect(new Set(ids).size).toBe(7);
    expect(second.NextToken).toBeUndefined();
    const none = await fleet.ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag:job', Values: ['job-2'] }] }));
    expect(none.Reservations).toEqual([]);
  });

  it('end, stay visible as terminated, and give their capacity back', async () => {
    await fleet.control('PUT', 'market', { capacity: [{ type: 'm6i.large', zone: 'us-east-1a', market: 'on-demand', capacity: 1 }] });
    const { Instances } = await fleet.createFleet(1);
    const ids = present(Instances?.[0]?.InstanceIds);
    expect((await fleet.createFleet(1)).Errors?.[0]?.ErrorCode).toBe('InsufficientInstanceCapacity');
    const { TerminatingInstances } = await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    expect(TerminatingInstances?.[0]?.CurrentState?.Name).toBe('shutting-down');
    await until(async () => (await fleet.instances())[0]?.State?.Name === 'terminated');
    expect((await fleet.createFleet(1)).Errors).toEqual([]);
    const again = await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    expect(again.TerminatingInstances?.[0]?.CurrentState?.Name).toBe('terminated');
  });

  it('take new tags', async () => {
    const [id] = await fleet.registered(1);
    await fleet.ec2.send(new CreateTagsCommand({ Resources: [present(id)], Tags: [{ Key: 'rank', Value: '0' }] }));
    const found = await fleet.ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag:rank', Values: ['0'] }] }));
    expect(found.Reservations).toHaveLength(1);
    const status = await fleet.ec2.send(new DescribeInstanceStatusCommand({}));
    expect(status.InstanceStatuses?.[0]?.InstanceStatus?.Status).toBe('ok');
    const impaired = new DescribeInstanceStatusCommand({ Filters: [{ Name: 'instance-status.status', Values: ['impaired'] }] });
    expect((await fleet.ec2.send(impaired)).InstanceStatuses).toEqual([]);
    await fleet.control('POST', 'faults', { kind: 'instanceHangs', forSeconds: 60 });
    const [hangs] = (await fleet.ec2.send(impaired)).InstanceStatuses ?? [];
    expect(hangs).toMatchObject({ InstanceStatus: { Status: 'impaired', Details: [{ Status: 'failed', ImpairedSince: expect.any(Date) }] }, SystemStatus: { Status: 'ok' } });
  });

  it('run their user data once, and take commands meanwhile', async () => {
    fleet.cloud.templates.set('lt-0abc', { userData: '#!/bin/bash\nuntil [ -e /data/go ]; do sleep 0.05; done\necho once >>/data/boots\n' });
    const [id] = await fleet.registered(1);
    const beside = await fleet.run(present(id), 'ls -d /run/cloud-init; ls /run/cloud-init /data; touch /data/go');
    expect(beside.StandardOutputContent).toBe('/run/cloud-init\n/data:\n\n/run/cloud-init:\n');
    const after = await fleet.run(present(id), 'until [ -e /run/cloud-init/result.json ]; do sleep 0.05; done; cat /data/boots');
    expect(after.StandardOutputContent).toBe('once\n');
  });
});
