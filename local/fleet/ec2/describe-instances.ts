import type { FleetContext } from '../context.ts';
import { INSTANCE_TYPES, zoneId } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import type { Instance, InstanceInterface, InstanceState } from '../model.ts';
import { page } from '../protocol/paging.ts';
import { number, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';
import { filterInstances, type InstanceFields } from './instance-filters.ts';
import { writeTags } from './tags.ts';

const LARGEST_PAGE = 1000;

const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** An instance state as EC2 writes it. */
export function writeState(state: InstanceState): XmlTree {
  return { code: STATE_CODES[state], name: state };
}

/** `DescribeInstances`: by id, filter and page; a new instance is not known for a moment. */
export async function describeInstances(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeInstances');
  const { items, nextToken } = selectInstances(params, context);
  const reservations = Map.groupBy(items, (instance) => instance.reservationId);
  return {
    reservationSet: [...reservations].map(([reservationId, instances]) => ({
      reservationId,
      ownerId: instances[0]?.account,
      groupSet: [],
      instancesSet: instances.map((instance) => writeInstance(instance)),
    })),
    nextToken,
  };
}

/** The instances that ids, filters and page of a request name. `fields`: what its filters know beside those of all. Throws where an id is not known (yet). */
export function selectInstances(params: QueryParams, context: FleetContext, fields?: InstanceFields) {
  const ids = texts(params, 'InstanceId');
  const size = number(params, 'MaxResults');
  if (size !== undefined && (size < 5 || size > LARGEST_PAGE)) {
    throw new ServiceError('InvalidParameterValue', `Value (${size}) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`);
  }
  if (ids.length > 0 && size !== undefined) {
    throw new ServiceError('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults');
  }
  const named = ids.length === 0 ? visibleInstances(context) : findInstances(ids, context);
  return page(filterInstances(named, params, fields), ({ id }) => id, text(params, 'NextToken'), size ?? LARGEST_PAGE, 'InvalidNextToken');
}

function visibleInstances({ instances, clock }: FleetContext): Instance[] {
  const now = clock.nowMs();
  return instances.values().filter((instance) => now >= instance.visibleAtMs);
}

/** The instances with `ids`; throws as EC2 does when one is not known. */
export function findInstances(ids: readonly string[], context: FleetContext): Instance[] {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed !== undefined) {
    throw new ServiceError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  }
  const known = new Map(visibleInstances(context).map((instance) => [instance.id, instance]));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) {
    throw new ServiceError(
      'InvalidInstanceID.NotFound',
      missing.length === 1
        ? `The instance ID '${missing[0]}' does not exist`
        : `The instance IDs '${missing.join(', ')}' do not exist`,
    );
  }
  return ids.map((id) => known.get(id)).filter((instance) => instance !== undefined);
}

function writeInstance(instance: Instance): XmlTree {
  const gone = instance.state === 'terminated';
  return {
    instanceId: instance.id,
    imageId: instance.imageId,
    instanceState: writeState(instance.state),
    privateDnsName: gone ? '' : privateDnsName(instance),
    dnsName: '',
    reason: instance.stateReason?.message ?? '',
    amiLaunchIndex: 0,
    productCodes: [],
    instanceType: instance.type,
    launchTime: new Date(instance.launchedAtMs),
    placement: { availabilityZone: instance.zone, availabilityZoneId: zoneId(instance.zone), groupName: instance.placementGroup ?? '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: gone ? undefined : instance.subnetId,
    vpcId: gone ? undefined : instance.vpcId,
    privateIpAddress: gone ? undefined : instance.address,
    groupSet: instance.securityGroupIds.map((groupId) => ({ groupId, groupName: groupId })),
    stateReason: instance.stateReason === undefined ? undefined : { ...instance.stateReason },
    architecture: INSTANCE_TYPES.get(instance.type)?.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: [],
    virtualizationType: 'hvm',
    instanceLifecycle: instance.market === 'spot' ? 'spot' : undefined,
    spotInstanceRequestId: instance.market === 'spot' ? `sir-${instance.id.slice(-8)}` : undefined,
    capacityReservationId: instance.capacityReservationId,
    capacityReservationSpecification: { capacityReservationPreference: 'open' },
    networkInterfaceSet: gone ? [] : (instance.interfaces ?? []).map((card) => writeInterface(card, instance)),
    tagSet: writeTags(instance.tags),
    hypervisor: 'xen',
    iamInstanceProfile: instance.profileArn === undefined ? undefined : { arn: instance.profileArn, id: 'AIPALOCALFLEET' },
    metadataOptions: { state: 'applied', httpTokens: 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled' },
  };
}

function writeInterface({ id, kind, cardIndex, deviceIndex, address }: InstanceInterface, instance: Instance): XmlTree {
  return {
    networkInterfaceId: id,
    interfaceType: kind,
    status: 'in-use',
    subnetId: instance.subnetId,
    vpcId: instance.vpcId,
    ownerId: instance.account,
    privateIpAddress: address,
    groupSet: instance.securityGroupIds.map((groupId) => ({ groupId, groupName: groupId })),
    attachment: {
      attachmentId: `eni-attach-${id.slice(4)}`,
      networkCardIndex: cardIndex,
      deviceIndex,
      status: 'attached',
      attachTime: new Date(instance.launchedAtMs),
      deleteOnTermination: true,
    },
  };
}

/** The name of an instance in its VPC's DNS. */
export function privateDnsName({ address, region }: Pick<Instance, 'address' | 'region'>): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `${hostName(address)}.${domain}`;
}

/** The host name that EC2 gives to an address. */
export function hostName(address: string): string {
  return `ip-${address.replaceAll('.', '-')}`;
}
