import { describe, expect, it } from '@jest/globals';
import { epochMs } from '../../../../core/job/ids.ts';
import type { LaunchRecord } from '../../../../core/capacity/gang.ts';
import { fleetOutcome } from '../../../../lambdas/adapters/ec2/fleet-outcome.ts';
import { aGang } from '../../../builders/capacity.ts';

const launch: LaunchRecord = {
  jobId: aGang().jobId, attempt: 1, ordinal: 1, pool: 'workers', count: 4, minimum: 1, market: 'spot', instanceTypes: ['c6i.large', 'm6i.large'], zones: ['us-east-1a', 'us-east-1b'], clientToken: 't', requestedAtMs: epochMs(0),
};
const subnets = { 'us-east-1a': 'subnet-a', 'us-east-1b': 'subnet-b' };

describe('fleetOutcome', () => {
  it('reads instances and errors side by side, the zone from the subnet where EC2 names only that', () => {
    const answer = {
      Instances: [{ LaunchTemplateAndOverrides: { Overrides: { InstanceType: 'c6i.large' as const, SubnetId: 'subnet-b' } }, Lifecycle: 'spot' as const, InstanceType: 'c6i.large' as const, InstanceIds: ['i-1', 'i-2'] }],
      Errors: [{ LaunchTemplateAndOverrides: { Overrides: { InstanceType: 'm6i.large' as const, SubnetId: 'subnet-a' } }, Lifecycle: 'spot' as const, ErrorCode: 'InsufficientInstanceCapacity', ErrorMessage: 'none' }],
    };
    expect(fleetOutcome(launch, answer, subnets, 'request-1')).toEqual({
      launched: ['i-1', 'i-2'].map((instanceId) => ({ instanceId, instanceType: 'c6i.large', zone: 'us-east-1b', market: 'spot' })),
      unavailable: [{ offering: { instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot' }, code: 'InsufficientInstanceCapacity', message: 'none' }],
      requestId: 'request-1',
    });
  });

  it('takes an error that names no place as one of all places', () => {
    expect(fleetOutcome(launch, { Errors: [{ ErrorCode: 'MaxSpotInstanceCountExceeded' }] }, subnets, undefined).unavailable).toHaveLength(4);
  });

  it('leaves out a type that is refused where others are served or merely gone, and refuses the launch when all it names is', () => {
    const refused = (InstanceType: 'c6i.large' | 'm6i.large') => ({ LaunchTemplateAndOverrides: { Overrides: { InstanceType, SubnetId: 'subnet-a' } }, ErrorCode: 'InvalidParameterCombination', ErrorMessage: `not ${InstanceType}` });
    const Instances = [{ InstanceType: 'c6i.large' as const, AvailabilityZone: 'us-east-1a', InstanceIds: ['i-1'] }];
    expect(fleetOutcome(launch, { Instances, Errors: [refused('m6i.large')] }, subnets, undefined)).not.toHaveProperty('rejected');
    expect(fleetOutcome(launch, { Errors: [{ ...refused('c6i.large'), ErrorCode: 'InsufficientInstanceCapacity' }, refused('m6i.large')] }, subnets, undefined)).not.toHaveProperty('rejected');
    expect(fleetOutcome(launch, { Errors: [refused('c6i.large'), refused('m6i.large')] }, subnets, undefined)).toMatchObject({ rejected: { message: 'not c6i.large' } });
  });

  it('refuses the launch for an error that waiting does not cure and that names no type, and keeps what was launched to be released', () => {
    const answer = { Instances: [{ InstanceType: 'c6i.large' as const, AvailabilityZone: 'us-east-1a', InstanceIds: ['i-1'] }], Errors: [{ ErrorCode: 'UnauthorizedOperation', ErrorMessage: 'no' }] };
    expect(fleetOutcome(launch, answer, subnets, undefined)).toMatchObject({ launched: [{ instanceId: 'i-1' }], rejected: { code: 'UnauthorizedOperation', message: 'no' } });
  });
});
