import type { FleetContext } from '../context.ts';
import { INSTANCE_TYPES, isOffered, networkCards, placementStrategies, priceUsdPerHour, zoneId, zoneNames } from '../facts/facts.ts';
import type { InstanceTypeFacts } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import { page } from '../protocol/paging.ts';
import { number, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';
import { fitsFilters } from './filters.ts';

/** `DescribeInstanceTypes` */
export async function describeInstanceTypes(params: QueryParams, caller: Caller): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeInstanceTypes');
  const names = texts(params, 'InstanceType');
  const unknown = names.filter((name) => !INSTANCE_TYPES.has(name));
  if (unknown.length > 0) {
    throw new ServiceError('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`);
  }
  const wanted = [...INSTANCE_TYPES].filter(
    ([name]) => (names.length === 0 || names.includes(name)) && fitsFilters(params, { 'instance-type': [name] }),
  );
  const { items, nextToken } = page(wanted, ([name]) => name, text(params, 'NextToken'), number(params, 'MaxResults') ?? 100, 'InvalidNextToken');
  return { instanceTypeSet: items.map(([name, facts]) => writeInstanceType(name, facts)), nextToken };
}

/** `DescribeInstanceTypeOfferings`: by Region or by zone. */
export async function describeInstanceTypeOfferings(params: QueryParams, caller: Caller): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeInstanceTypeOfferings');
  const locationType = text(params, 'LocationType') ?? 'region';
  const offerings = [...INSTANCE_TYPES.keys()].flatMap((type) => {
    const zones = zoneNames(caller.region).filter((zone) => isOffered(type, zone, 'on-demand'));
    const locations =
      locationType === 'availability-zone' ? zones : locationType === 'availability-zone-id' ? zones.map(zoneId) : [caller.region];
    return locations.map((location) => ({ instanceType: type, locationType, location }));
  });
  const wanted = offerings.filter(({ instanceType, location }) => fitsFilters(params, { 'instance-type': [instanceType], location: [location] }));
  const { items, nextToken } = page(
    wanted,
    ({ instanceType, location }) => `${instanceType}/${location}`,
    text(params, 'NextToken'),
    number(params, 'MaxResults') ?? 1000,
    'InvalidNextToken',
  );
  return { instanceTypeOfferingSet: items, nextToken };
}

/** `DescribeSpotPriceHistory`: the price that holds, once per type and zone. */
export async function describeSpotPriceHistory(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeSpotPriceHistory');
  const types = texts(params, 'InstanceType');
  const zone = text(params, 'AvailabilityZone');
  const prices = [...INSTANCE_TYPES.keys()].flatMap((type) =>
    zoneNames(caller.region)
      .filter((name) => isOffered(type, name, 'spot') && (zone === undefined || zone === name))
      .filter((name) => fitsFilters(params, { 'instance-type': [type], 'availability-zone': [name], 'product-description': ['Linux/UNIX'] }))
      .map((name) => ({
        instanceType: type,
        productDescription: 'Linux/UNIX',
        spotPrice: priceUsdPerHour(type, name, 'spot').toFixed(6),
        timestamp: new Date(context.market.wallTimeMs(0)),
        availabilityZone: name,
      })),
  );
  const wanted = prices.filter(({ instanceType }) => types.length === 0 || types.includes(instanceType));
  const { items, nextToken } = page(
    wanted,
    ({ instanceType, availabilityZone }) => `${instanceType}/${availabilityZone}`,
    text(params, 'NextToken'),
    number(params, 'MaxResults') ?? 1000,
    'InvalidNextToken',
  );
  return { spotPriceHistorySet: items, nextToken };
}

/** `DescribeAvailabilityZones` */
export async function describeAvailabilityZones(params: QueryParams, caller: Caller): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeAvailabilityZones');
  const names = texts(params, 'ZoneName');
  const unknown = names.find((name) => !zoneNames(caller.region).includes(name));
  if (unknown !== undefined) {
    throw new ServiceError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  }
  const zones = zoneNames(caller.region).filter(
    (name) => (names.length === 0 || names.includes(name)) && fitsFilters(params, { 'zone-name': [name], 'zone-id': [zoneId(name)], state: ['available'] }),
  );
  return {
    availabilityZoneInfo: zones.map((name) => ({
      optInStatus: 'opt-in-not-required',
      regionName: caller.region,
      zoneName: name,
      zoneId: zoneId(name),
      groupName: `${caller.region}-zg-1`,
      networkBorderGroup: caller.region,
      zoneType: 'availability-zone',
      zoneState: 'available',
    })),
  };
}

function writeInstanceType(name: string, facts: InstanceTypeFacts): XmlTree {
  const { gpus } = facts;
  return {
    instanceType: name,
    currentGeneration: !name.startsWith('p3.'),
    freeTierEligible: false,
    supportedUsageClasses: facts.spotUsdPerHour === undefined ? ['on-demand'] : ['on-demand', 'spot'],
    supportedRootDeviceTypes: ['ebs'],
    supportedVirtualizationTypes: ['hvm'],
    bareMetal: false,
    hypervisor: name.startsWith('p3.') ? 'xen' : 'nitro',
    processorInfo: { supportedArchitectures: [facts.architecture], manufacturer: facts.manufacturer },
    vCpuInfo: {
      defaultVCpus: facts.vcpus,
      defaultCores: facts.vcpus / facts.threadsPerCore,
      defaultThreadsPerCore: facts.threadsPerCore,
    },
    memoryInfo: { sizeInMiB: facts.memoryMiB },
    networkInfo: {
      networkPerformance: `${facts.networkGbps} Gigabit`,
      maximumNetworkInterfaces: 15 * networkCards(name),
      maximumNetworkCards: networkCards(name),
      defaultNetworkCardIndex: 0,
      networkCards: Array.from({ length: networkCards(name) }, (_, networkCardIndex) => ({
        networkCardIndex,
        networkPerformance: `${facts.networkGbps / networkCards(name)} Gigabit`,
        maximumNetworkInterfaces: 15,
      })),
      enaSupport: 'required',
      efaSupported: facts.efaInterfaces > 0,
      efaInfo: facts.efaInterfaces > 0 ? { maximumEfaInterfaces: facts.efaInterfaces } : undefined,
    },
    gpuInfo:
      gpus === undefined
        ? undefined
        : {
            gpus: [{ name: gpus.name, manufacturer: gpus.manufacturer, count: gpus.count, memoryInfo: { sizeInMiB: gpus.memoryMiB } }],
            totalGpuMemoryInMiB: gpus.count * gpus.memoryMiB,
          },
    placementGroupInfo: { supportedStrategies: [...placementStrategies(name)] },
    supportedBootModes: ['uefi'],
  };
}
