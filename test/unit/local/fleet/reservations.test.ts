import { DescribeCapacityReservationsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { CreateFleetCommandInput, CreateFleetResult } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

const TARGETED = 'cr-0000000000000000a';
const OTHER_ZONE = 'cr-0000000000000000b';
const OPEN = 'cr-0000000000000000c';

const SCENARIO = {
  capacity: [{ market: 'on-demand', capacity: 3 }],
  reservations: [
    { id: TARGETED, type: 'p4d.24xlarge', zone: 'us-east-1a', total: 4, matching: 'targeted' },
    { id: OTHER_ZONE, type: 'p4d.24xlarge', zone: 'us-east-1b', total: 2, matching: 'targeted' },
    { id: OPEN, type: 'm6i.large', zone: 'us-east-1b', total: 2 },
  ],
};

describe('capacity reservations', () => {
  let fleet: TestFleet;
  beforeEach(async () => {
    fleet = await new TestFleet({ scenario: SCENARIO }).start();
  });
  afterEach(() => fleet.close());

  const target = (count: number, ids: string[], more: Partial<CreateFleetCommandInput> & { zones?: string; types?: string[] } = {}) =>
    fleet.createFleet(count, {
      types: ['p4d.24xlarge'],
      TargetCapacitySpecification: { TotalTargetCapacity: count, DefaultTargetCapacityType: 'reserved-capacity' },
      ReservedCapacityOptions: {
        ReservationTypes: ['on-demand-capacity-reservation'],
        CapacityReservationTarget: { CapacityReservationIds: ids },
      },
      ...more,
    });
  const ids = (result: CreateFleetResult) => present(result.Instances).flatMap(({ InstanceIds }) => present(InstanceIds));
  const codes = (result: CreateFleetResult) => present(result.Errors).map(({ ErrorCode }) => ErrorCode);
  const available = async () => {
    const { CapacityReservations } = await fleet.ec2.send(new DescribeCapacityReservationsCommand({}));
    return Object.fromEntries(present(CapacityReservations).map((one) => [one.CapacityReservationId, one.AvailableInstanceCount]));
  };

  it('are described by id and filter, page by page', async () => {
    const { CapacityReservations } = await fleet.ec2.send(new DescribeCapacityReservationsCommand({ CapacityReservationIds: [TARGETED] }));
    expect(CapacityReservations).toMatchObject([
      { CapacityReservationId: TARGETED, InstanceType: 'p4d.24xlarge', AvailabilityZone: 'us-east-1a', State: 'active', TotalInstanceCount: 4, AvailableInstanceCount: 4, InstanceMatchCriteria: 'targeted' },
    ]);
    const filters = [
      { Name: 'state', Values: ['active'] },
      { Name: 'instance-type', Values: ['p4d.24xlarge'] },
      { Name: 'availability-zone', Values: ['us-east-1b'] },
    ];
    const filtered = await fleet.ec2.send(new DescribeCapacityReservationsCommand({ Filters: filters }));
    expect(filtered.CapacityReservations?.map(({ CapacityReservationId }) => CapacityReservationId)).toEqual([OTHER_ZONE]);
    const first = await fleet.ec2.send(new DescribeCapacityReservationsCommand({ MaxResults: 2 }));
    const second = await fleet.ec2.send(new DescribeCapacityReservationsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect([first.CapacityReservations?.length, second.CapacityReservations?.length, second.NextToken]).toEqual([2, 1, undefined]);
    await expect(fleet.ec2.send(new DescribeCapacityReservationsCommand({ CapacityReservationIds: ['cr-0000000000000000f'] }))).rejects.toMatchObject({
      name: 'InvalidCapacityReservationId.NotFound',
    });
  });

  it('give to who names them what they have, and no more', async () => {
    const result = await target(6, [TARGETED, OTHER_ZONE], { zones: 'a' });
    expect(ids(result)).toHaveLength(4);
    expect(codes(result)).toEqual(['ReservationCapacityExceeded']);
    expect((await fleet.instances()).map(({ CapacityReservationId }) => CapacityReservationId)).toEqual(Array(4).fill(TARGETED));
    expect(await available()).toMatchObject({ [TARGETED]: 0, [OTHER_ZONE]: 2 });
  });

  it('serve all zones that a call names', async () => {
    const result = await target(6, [TARGETED, OTHER_ZONE], { zones: 'ab' });
    expect(ids(result)).toHaveLength(6);
    expect(await available()).toMatchObject({ [TARGETED]: 0, [OTHER_ZONE]: 0 });
  });

  it('fall back on the market only where the call says so', async () => {
    const result = await target(6, [TARGETED], {
      ReservedCapacityOptions: {
        ReservationTypes: ['on-demand-capacity-reservation'],
        CapacityReservationTarget: { CapacityReservationIds: [TARGETED] },
        ReservedCapacityFallbackOptions: { MarketTypes: ['on-demand'] },
      },
    });
    expect(ids(result)).toHaveLength(6);
    expect(await available()).toMatchObject({ [TARGETED]: 0 });
  });

  it('that do not exist fail the call', async () => {
    await expect(target(1, ['cr-0000000000000000f'])).rejects.toMatchObject({ name: 'InvalidCapacityReservationId.NotFound' });
    await expect(target(1, ['mine'])).rejects.toMatchObject({ name: 'InvalidCapacityReservationId.Malformed' });
    expect(await fleet.instances()).toEqual([]);
  });

  it('that are targeted do not serve who does not name them', async () => {
    const result = await fleet.createFleet(5, { types: ['p4d.24xlarge'] });
    expect(ids(result)).toHaveLength(3);
    expect(await available()).toMatchObject({ [TARGETED]: 4 });
  });

  it('that are open serve any launch that fits before the market does', async () => {
    expect(ids(await fleet.createFleet(1, { zones: 'b' }))).toHaveLength(1);
    expect(await available()).toMatchObject({ [OPEN]: 1 });
    expect(ids(await fleet.createFleet(9, { zones: 'b' }))).toHaveLength(4);
  });

  it('count together with the market in one MinTargetCapacity', async () => {
    const both = (count: number) =>
      fleet.createFleet(count, {
        zones: 'b',
        OnDemandOptions: {
          MinTargetCapacity: count,
          SingleAvailabilityZone: true,
          CapacityReservationOptions: { UsageStrategy: 'use-capacity-reservations-first' },
        },
      });
    expect(ids(await both(6))).toEqual([]);
    expect(await available()).toMatchObject({ [OPEN]: 2 });
    expect(ids(await both(5))).toHaveLength(5);
    expect(await available()).toMatchObject({ [OPEN]: 0 });
  });

  it('come first over all pools where the call asks for it', async () => {
    const result = await fleet.createFleet(2, {
      zones: 'ab',
      OnDemandOptions: { CapacityReservationOptions: { UsageStrategy: 'use-capacity-reservations-first' } },
    });
    expect(present(result.Instances).map(({ LaunchTemplateAndOverrides }) => LaunchTemplateAndOverrides?.Overrides?.AvailabilityZone)).toEqual(['us-east-1b']);
  });

  it('count against the quota whether they are used or not, and only once', async () => {
    await fleet.control('PUT', 'market', { quotas: { 'L-417A185B': 7 * 96 } });
    expect(codes(await fleet.createFleet(2, { types: ['p4d.24xlarge'] }))).toEqual(['VcpuLimitExceeded']);
    expect(ids(await target(4, [TARGETED]))).toHaveLength(4);
  });

  it('get their slots back from instances that have ended', async () => {
    const launched = ids(await target(4, [TARGETED]));
    await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: launched }));
    await until(async () => (await available())[TARGETED] === 4);
    expect(ids(await target(4, [TARGETED]))).toHaveLength(4);
  });

  it('can be made while the market runs', async () => {
    await fleet.control('PUT', 'market', { reservations: [{ id: TARGETED, type: 'p4d.24xlarge', zone: 'us-east-1a', total: 9, matching: 'targeted' }] });
    expect(await available()).toEqual({ [TARGETED]: 9, [OTHER_ZONE]: 2, [OPEN]: 2 });
  });

  it('are asked for only with the target that means them', async () => {
    await expect(
      target(1, [TARGETED], { TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' } }),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });
});
