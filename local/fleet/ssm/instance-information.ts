import { z } from 'zod';

import type { FleetContext } from '../context.ts';
import { privateDnsName } from '../ec2/describe-instances.ts';
import { isCutOff } from '../faults.ts';
import type { Caller } from '../http/caller.ts';
import type { Instance } from '../model.ts';
import { page } from '../protocol/paging.ts';
import { readInput } from '../protocol/read-input.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { authorize } from './access.ts';

const inputSchema = z.looseObject({
  Filters: z.array(z.looseObject({ Key: z.string(), Values: z.array(z.string()).min(1) })).default([]),
  InstanceInformationFilterList: z.array(z.looseObject({ key: z.string(), valueSet: z.array(z.string()).min(1) })).default([]),
  MaxResults: z.int().min(5).max(50).default(50),
  NextToken: z.string().optional(),
});

/** `DescribeInstanceInformation`: the instances whose agent has registered. */
export async function describeInstanceInformation(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(inputSchema, input);
  await authorize(caller, [{ action: 'ssm:DescribeInstanceInformation', resource: '*' }]);
  const filters = [
    ...request.Filters.map(({ Key, Values }) => ({ key: Key, values: Values })),
    ...request.InstanceInformationFilterList.map(({ key, valueSet }) => ({ key, values: valueSet })),
  ];
  const managed = context.instances
    .values()
    .filter(({ registeredAtMs, state }) => registeredAtMs !== undefined && state !== 'terminated')
    .filter((instance) => filters.every(({ key, values }) => fits(instance, key, values, context)));
  const { items, nextToken } = page(managed, ({ id }) => id, request.NextToken, request.MaxResults, 'InvalidNextToken');
  return { InstanceInformationList: items.map((instance) => describe(instance, context)), NextToken: nextToken };
}

function fits(instance: Instance, key: string, values: readonly string[], context: FleetContext): boolean {
  if (key.startsWith('tag:')) {
    const value = instance.tags[key.slice(4)];
    return value !== undefined && values.includes(value);
  }
  switch (key) {
    case 'InstanceIds':
      return values.includes(instance.id);
    case 'PingStatus':
      return values.includes(pingStatus(instance, context));
    case 'PlatformTypes':
      return values.includes('Linux');
    case 'ResourceType':
      return values.includes('EC2Instance') || values.includes('ManagedInstance');
    case 'tag-key':
      return values.some((name) => name in instance.tags);
    default:
      throw new ServiceError('InvalidInstanceInformationFilterValue', `The filter key ${key} is not valid`);
  }
}

function pingStatus(instance: Instance, { faults }: FleetContext): string {
  const reachable = instance.state === 'running' && !isCutOff(faults, instance);
  return reachable ? 'Online' : 'ConnectionLost';
}

function describe(instance: Instance, context: FleetContext): object {
  return {
    InstanceId: instance.id,
    PingStatus: pingStatus(instance, context),
    LastPingDateTime: context.clock.nowMs() / 1000,
    AgentVersion: '3.3.1957.0',
    IsLatestVersion: true,
    PlatformType: 'Linux',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    ResourceType: 'EC2Instance',
    IPAddress: instance.address,
    ComputerName: privateDnsName(instance),
    SourceId: instance.id,
    SourceType: 'AWS::EC2::Instance',
  };
}
