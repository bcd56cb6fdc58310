import * as ec2 from '@aws-sdk/client-ec2';
import * as pricing from '@aws-sdk/client-pricing';
import * as quotas from '@aws-sdk/client-service-quotas';
import * as ssm from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { present, TestFleet, until } from '../../unit/local/fleet/test-fleet.ts';
import type { Boto3 } from './boto3.ts';
import { startBoto3 } from './boto3.ts';

jest.setTimeout(60_000);

const TYPES = ['m6i.large', 'c6i.large', 'm5.large'] as const;
const TAGGED = [{ Name: 'tag:job', Values: ['boto3'] }];
const RESERVED = 'cr-0123456789abcdef0';

/** What an SDK answers, as JSON would carry it: the two SDKs differ in nothing else. */
function plain(output: object): unknown {
  const { $metadata: _metadata, ...members } = { $metadata: undefined, ...output };
  return JSON.parse(JSON.stringify(members));
}

describe('the fleet simulator, read by boto3', () => {
  const fleet = new TestFleet({ scenario: { reservations: [{ id: RESERVED, type: 'p4d.24xlarge', zone: 'us-east-1a', total: 3, matching: 'targeted' }] } });
  let boto3: Boto3;
  let clients: { pricing: pricing.PricingClient; quotas: quotas.ServiceQuotasClient };
  beforeAll(async () => {
    await fleet.start();
    boto3 = startBoto3(fleet.simulator.url);
    const options = { endpoint: fleet.simulator.url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    clients = { pricing: new pricing.PricingClient(options), quotas: new quotas.ServiceQuotasClient(options) };
  });
  afterAll(async () => {
    await boto3?.close();
    await fleet.close();
  });

  const outputOf = async (service: string, operation: string, parameters: object = {}) => {
    const { output, error, oddities } = await boto3.call(service, operation, parameters);
    expect({ operation, error, oddities }).toEqual({ operation, error: undefined, oddities: [] });
    return present(output);
  };
  /** Expects that boto3 finds nothing odd in an answer, and in it what the SDK for JavaScript finds. */
  const expectSame = async (service: string, operation: string, parameters: object, sdk: () => Promise<object>) => {
    const output = await outputOf(service, operation, parameters);
    expect(output).toEqual(plain(await sdk()));
    return output;
  };

  const fleetRequest = {
    Type: 'instant',
    ClientToken: 'boto3-1',
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
        Overrides: [{ InstanceType: 'm6i.large', AvailabilityZone: 'us-east-1a', Placement: { GroupName: 'boto3' }, Priority: 1, WeightedCapacity: 1 }],
      },
    ],
    TargetCapacitySpecification: { TotalTargetCapacity: 7, OnDemandTargetCapacity: 6, SpotTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' },
    OnDemandOptions: { AllocationStrategy: 'prioritized', SingleAvailabilityZone: true, MinTargetCapacity: 6, CapacityReservationOptions: { UsageStrategy: 'use-capacity-reservations-first' } },
    SpotOptions: { AllocationStrategy: 'price-capacity-optimized', MaxTotalPrice: '9' },
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'job', Value: 'boto3' }] }],
  } satisfies ec2.CreateFleetCommandInput;

  it('launches what boto3 asks, which is what the SDK asks under the same token', async () => {
    await outputOf('ec2', 'create_placement_group', {
      GroupName: 'boto3',
      Strategy: 'cluster',
      TagSpecifications: [{ ResourceType: 'placement-group', Tags: [{ Key: 'job', Value: 'boto3' }] }],
    });
    const output = await expectSame('ec2', 'create_fleet', fleetRequest, () => fleet.ec2.send(new ec2.CreateFleetCommand(fleetRequest)));
    expect(output).toMatchObject({ Errors: [], Instances: [{ Lifecycle: 'on-demand' }, { Lifecycle: 'spot' }] });
    const named = { FleetIds: [String(output['FleetId'])] };
    const fleets = await expectSame('ec2', 'describe_fleets', named, () => fleet.ec2.send(new ec2.DescribeFleetsCommand(named)));
    expect(fleets).toMatchObject({ Fleets: [{ FulfilledCapacity: 7, Instances: [{ InstanceType: 'm6i.large' }, {}] }] });
  });

  it('says which pools had too little', async () => {
    const request = {
      ...fleetRequest,
      ClientToken: 'boto3-2',
      LaunchTemplateConfigs: [{ ...present(fleetRequest.LaunchTemplateConfigs[0]), Overrides: [{ InstanceType: 'p4d.24xlarge', AvailabilityZone: 'us-east-1a' }] }],
      TargetCapacitySpecification: { TotalTargetCapacity: 5, DefaultTargetCapacityType: 'reserved-capacity' },
      ReservedCapacityOptions: { ReservationTypes: ['on-demand-capacity-reservation'], CapacityReservationTarget: { CapacityReservationIds: [RESERVED] } },
      OnDemandOptions: {},
      SpotOptions: {},
    } satisfies ec2.CreateFleetCommandInput;
    const { output, oddities } = await boto3.call('ec2', 'create_fleet', request);
    // The API's reference gives errors of reservations a lifecycle that the model of the SDKs does not list.
    expect(oddities).toEqual(['CreateFleet.errorSet.item.lifecycle: on-demand-capacity-reservation is none of the model\'s values']);
    expect(output).toEqual(plain(await fleet.ec2.send(new ec2.CreateFleetCommand(request))));
    expect(output).toMatchObject({ Errors: [{ ErrorCode: 'ReservationCapacityExceeded' }] });
    const reservations = { CapacityReservationIds: [RESERVED], Filters: [{ Name: 'state', Values: ['active'] }] };
    await expectSame('ec2', 'describe_capacity_reservations', reservations, () => fleet.ec2.send(new ec2.DescribeCapacityReservationsCommand(reservations)));
  });

  it('shows instances page by page, and their status', async () => {
    await until(async () => (await fleet.instances()).every(({ State }) => State?.Name === 'running'));
    const first = { Filters: TAGGED, MaxResults: 5 };
    const { NextToken } = await expectSame('ec2', 'describe_instances', first, () => fleet.ec2.send(new ec2.DescribeInstancesCommand(first)));
    const second = { ...first, NextToken: String(NextToken) };
    const rest = await expectSame('ec2', 'describe_instances', second, () => fleet.ec2.send(new ec2.DescribeInstancesCommand(second)));
    expect(rest).not.toHaveProperty('NextToken', NextToken);
    const all = { IncludeAllInstances: true };
    await expectSame('ec2', 'describe_instance_status', all, () => fleet.ec2.send(new ec2.DescribeInstanceStatusCommand(all)));
  });

  it('shows placement groups, and refuses in words that boto3 understands', async () => {
    await expectSame('ec2', 'describe_placement_groups', { Filters: TAGGED }, () => fleet.ec2.send(new ec2.DescribePlacementGroupsCommand({ Filters: TAGGED })));
    expect((await boto3.call('ec2', 'delete_placement_group', { GroupName: 'boto3' })).error).toMatchObject({ Code: 'InvalidPlacementGroup.InUse' });
    expect((await boto3.call('ec2', 'describe_placement_groups', { GroupNames: ['none'] })).error).toMatchObject({ Code: 'InvalidPlacementGroup.Unknown' });
    expect((await boto3.call('ec2', 'create_fleet', { Type: 'instant' })).error).toMatchObject({ Code: 'ParamValidationError' });
  });

  it('knows types, zones, prices and scores', async () => {
    const p4d = { InstanceTypes: ['p4d.24xlarge' as const, 'm6i.large' as const] };
    await expectSame('ec2', 'describe_instance_types', p4d, () => fleet.ec2.send(new ec2.DescribeInstanceTypesCommand(p4d)));
    const offered = { LocationType: 'availability-zone' as const, Filters: [{ Name: 'instance-type', Values: ['p4d.24xlarge'] }] };
    await expectSame('ec2', 'describe_instance_type_offerings', offered, () => fleet.ec2.send(new ec2.DescribeInstanceTypeOfferingsCommand(offered)));
    await expectSame('ec2', 'describe_availability_zones', {}, () => fleet.ec2.send(new ec2.DescribeAvailabilityZonesCommand({})));
    const spot = { InstanceTypes: ['m6i.large' as const], ProductDescriptions: ['Linux/UNIX'], MaxResults: 4 };
    await expectSame('ec2', 'describe_spot_price_history', spot, () => fleet.ec2.send(new ec2.DescribeSpotPriceHistoryCommand(spot)));
    const scores = { InstanceTypes: [...TYPES], TargetCapacity: 50, SingleAvailabilityZone: true, RegionNames: ['us-east-1'] };
    await expectSame('ec2', 'get_spot_placement_scores', scores, () => fleet.ec2.send(new ec2.GetSpotPlacementScoresCommand(scores)));
    fleet.cloud.subnets.set('subnet-1', { id: 'subnet-1', vpcId: 'vpc-1', zone: 'us-east-1a', cidr: '10.0.0.0/24' });
    await expectSame('ec2', 'describe_subnets', { SubnetIds: ['subnet-1'] }, () => fleet.ec2.send(new ec2.DescribeSubnetsCommand({ SubnetIds: ['subnet-1'] })));
  });

  it('has a price list and quotas', async () => {
    const m6i = { ServiceCode: 'AmazonEC2', Filters: [{ Type: 'TERM_MATCH' as const, Field: 'instanceType', Value: 'm6i.large' }] };
    await expectSame('pricing', 'get_products', m6i, () => clients.pricing.send(new pricing.GetProductsCommand(m6i)));
    const page = { ServiceCode: 'ec2', MaxResults: 3 };
    await expectSame('service-quotas', 'list_service_quotas', page, () => clients.quotas.send(new quotas.ListServiceQuotasCommand(page)));
    const one = { ServiceCode: 'ec2', QuotaCode: 'L-417A185B' };
    await expectSame('service-quotas', 'get_service_quota', one, () => clients.quotas.send(new quotas.GetServiceQuotaCommand(one)));
  });

  it('runs a command that boto3 sends', async () => {
    const [node] = (await fleet.instances()).filter(({ InstanceType }) => InstanceType === 'm6i.large');
    const id = present(node?.InstanceId);
    await until(() => fleet.simulator.context.instances.get(id)?.registeredAtMs !== undefined);
    const content = { schemaVersion: '2.2', mainSteps: [{ action: 'aws:runShellScript', name: 'step', inputs: { runCommand: ['echo it runs'] } }] };
    await outputOf('ssm', 'create_document', { Name: 'Boto3', DocumentType: 'Command', Content: JSON.stringify(content) });
    const sent = await outputOf('ssm', 'send_command', { DocumentName: 'Boto3', InstanceIds: [id], TimeoutSeconds: 60 });
    const [command] = [sent['Command']].map((known) => known as { readonly CommandId: string });
    const CommandId = present(command).CommandId;
    expect(await fleet.commandEnds(CommandId)).toBe('Success');
    const invocation = { CommandId, InstanceId: id };
    const output = await expectSame('ssm', 'get_command_invocation', invocation, () => fleet.ssm.send(new ssm.GetCommandInvocationCommand(invocation)));
    expect(output).toMatchObject({ StandardOutputContent: 'it runs\n', ResponseCode: 0 });
    await expectSame('ssm', 'list_commands', { CommandId }, () => fleet.ssm.send(new ssm.ListCommandsCommand({ CommandId })));
    const details = { CommandId, Details: true };
    await expectSame('ssm', 'list_command_invocations', details, () => fleet.ssm.send(new ssm.ListCommandInvocationsCommand(details)));
    const known = { Filters: [{ Key: 'InstanceIds', Values: [id] }] };
    const informed = await outputOf('ssm', 'describe_instance_information', known);
    expect(informed).toMatchObject({ InstanceInformationList: [{ InstanceId: id, PingStatus: 'Online' }] });
  });

  it('ends what boto3 ends', async () => {
    const InstanceIds = (await fleet.instances()).map(({ InstanceId }) => present(InstanceId));
    await outputOf('ec2', 'terminate_instances', { InstanceIds });
    await until(async () => (await fleet.instances()).every(({ State }) => State?.Name === 'terminated'));
    await expectSame('ec2', 'terminate_instances', { InstanceIds }, () => fleet.ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds })));
    await expectSame('ec2', 'describe_instances', { InstanceIds }, () => fleet.ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds })));
    await outputOf('ec2', 'delete_placement_group', { GroupName: 'boto3' });
  });
});
