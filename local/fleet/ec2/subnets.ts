import type { Subnet } from '../cloud/cloud.ts';
import type { FleetContext } from '../context.ts';
import { zoneId } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import { page } from '../protocol/paging.ts';
import { number, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';
import { usableAddresses } from './addresses.ts';
import { fitsFilters } from './filters.ts';
import { usedAddresses } from './start-instances.ts';

/** `DescribeSubnets` of a fleet that runs without the rest of a cloud. */
export async function describeSubnets(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeSubnets');
  const all = context.cloud.ownSubnets?.() ?? [];
  const ids = texts(params, 'SubnetId');
  const unknown = ids.find((id) => all.every((subnet) => subnet.id !== id));
  if (unknown !== undefined) {
    throw new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${unknown}' does not exist`);
  }
  const wanted = all.filter((subnet) => (ids.length === 0 || ids.includes(subnet.id)) && fitsFilters(params, filterValues(subnet)));
  const { items, nextToken } = page(wanted, ({ id }) => id, text(params, 'NextToken'), number(params, 'MaxResults') ?? 1000, 'InvalidNextToken');
  return { subnetSet: items.map((subnet) => writeSubnet(subnet, caller, context)), nextToken };
}

function filterValues({ id, vpcId, zone, cidr }: Subnet): Readonly<Record<string, readonly string[]>> {
  return { 'subnet-id': [id], 'vpc-id': [vpcId], 'availability-zone': [zone], 'cidr-block': [cidr], state: ['available'] };
}

function writeSubnet({ id, vpcId, zone, cidr }: Subnet, { region, account }: Caller, { instances }: FleetContext): XmlTree {
  return {
    subnetId: id,
    subnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
    state: 'available',
    ownerId: account,
    vpcId,
    cidrBlock: cidr,
    availableIpAddressCount: usableAddresses(cidr) - usedAddresses(id, instances.values()).size,
    availabilityZone: zone,
    availabilityZoneId: zoneId(zone),
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    tagSet: [],
  };
}
