import { DescribeInstanceTypesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { InterfaceRequest } from '../../../../local/fleet/model.ts';
import { TestFleet, present } from './test-fleet.ts';

jest.setTimeout(60_000);

const card = (cardIndex: number, kind: InterfaceRequest['kind'] = 'efa'): InterfaceRequest => ({ kind, cardIndex, deviceIndex: cardIndex === 0 ? 0 : 1 });

describe('network interfaces of a launch template', () => {
  let fleet: TestFleet;
  beforeEach(async () => {
    fleet = await new TestFleet().start();
    fleet.cloud.subnets.set('subnet-1', { id: 'subnet-1', vpcId: 'vpc-1', zone: 'us-east-1a', cidr: '10.0.0.0/28' });
  });
  afterEach(() => fleet.close());

  const launch = (type: 'p4d.24xlarge' | 'm6i.large', interfaces: readonly InterfaceRequest[], count = 1) => {
    fleet.cloud.templates.set('lt-0abc', { interfaces });
    return fleet.createFleet(count, {
      LaunchTemplateConfigs: [
        { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' }, Overrides: [{ InstanceType: type, SubnetId: 'subnet-1' }] },
      ],
    });
  };

  it('are those of the instance, one EFA on each card', async () => {
    const { Errors } = await launch('p4d.24xlarge', [0, 1, 2, 3].map((index) => card(index)));
    expect(Errors).toEqual([]);
    const [instance] = await fleet.instances();
    const interfaces = present(instance?.NetworkInterfaces);
    expect(interfaces.map(({ InterfaceType, Attachment }) => [InterfaceType, Attachment?.NetworkCardIndex, Attachment?.DeviceIndex])).toEqual([
      ['efa', 0, 0],
      ['efa', 1, 1],
      ['efa', 2, 1],
      ['efa', 3, 1],
    ]);
    expect(new Set(interfaces.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(4);
    expect(interfaces[0]?.PrivateIpAddress).toBe(instance?.PrivateIpAddress);
  });

  it('are refused on a type without EFA', async () => {
    expect((await launch('m6i.large', [card(0)])).Errors).toMatchObject([
      { ErrorCode: 'UnsupportedOperation', ErrorMessage: 'EFA interfaces are not supported on m6i.large' },
    ]);
  });

  it('are refused where there are more than cards, or two on one', async () => {
    for (const interfaces of [[0, 1, 2, 3, 4].map((index) => card(index)), [card(4)], [card(0), card(0)]]) {
      expect((await launch('p4d.24xlarge', interfaces)).Errors?.[0]?.ErrorCode).toBe('AttachmentLimitExceeded');
    }
  });

  it('take an address each, unless they carry nothing but EFA', async () => {
    const all = await launch('p4d.24xlarge', [0, 1, 2, 3].map((index) => card(index)), 4);
    expect(present(all.Instances?.[0]?.InstanceIds)).toHaveLength(2);
    expect(all.Errors?.[0]?.ErrorCode).toBe('InsufficientFreeAddressesInSubnet');
    const one = await launch('p4d.24xlarge', [card(0, 'interface'), ...[1, 2, 3].map((index) => card(index, 'efa-only'))], 4);
    expect(present(one.Instances?.[0]?.InstanceIds)).toHaveLength(3);
    const { Subnets } = await fleet.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-1'] }));
    expect(Subnets).toMatchObject([{ SubnetId: 'subnet-1', AvailabilityZone: 'us-east-1a', AvailableIpAddressCount: 0 }]);
  });

  it('may be as many as the type says', async () => {
    const { InstanceTypes = [] } = await fleet.ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['p5.48xlarge', 'p4d.24xlarge', 'hpc6a.48xlarge', 'm6i.large'] }));
    const known = InstanceTypes.map(({ InstanceType, NetworkInfo }) => [
      InstanceType,
      NetworkInfo?.EfaSupported,
      NetworkInfo?.EfaInfo?.MaximumEfaInterfaces,
      NetworkInfo?.MaximumNetworkCards,
      NetworkInfo?.NetworkCards?.length,
    ]);
    expect(known).toEqual([
      ['hpc6a.48xlarge', true, 1, 1, 1],
      ['m6i.large', false, undefined, 1, 1],
      ['p4d.24xlarge', true, 4, 4, 4],
      ['p5.48xlarge', true, 32, 32, 32],
    ]);
  });
});
