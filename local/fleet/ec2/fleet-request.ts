import { createHash } from 'node:crypto';

import type { Tags } from '../model.ts';
import { flag, number, structure, structures, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { readTagSpecification } from './tags.ts';

const SPOT_STRATEGIES = [
  'lowest-price',
  'diversified',
  'capacity-optimized',
  'capacity-optimized-prioritized',
  'price-capacity-optimized',
] as const;
const ON_DEMAND_STRATEGIES = ['lowest-price', 'prioritized'] as const;

/** How a fleet orders its pools. */
type AllocationStrategy = (typeof SPOT_STRATEGIES)[number] | (typeof ON_DEMAND_STRATEGIES)[number];

/** What holds for one market of a fleet. */
export interface MarketOptions {
  readonly strategy: AllocationStrategy;
  /** Fewer than this, and nothing is launched. */
  readonly minTarget?: number | undefined;
  readonly singleZone: boolean;
  readonly singleType: boolean;
}

/** A pool as the request names it. */
export interface OverrideRequest {
  readonly template: { id?: string | undefined; name?: string | undefined; version?: string | undefined };
  readonly type?: string | undefined;
  readonly subnetIds: readonly string[];
  readonly zone?: string | undefined;
  readonly maxPrice?: string | undefined;
  readonly weight?: number | undefined;
  readonly priority?: number | undefined;
  readonly imageId?: string | undefined;
  /** The name of a placement group. */
  readonly group?: string | undefined;
}

/** What is asked of reservations where the target is reserved capacity. */
interface ReservedCapacity {
  /** Undefined where none is named: any open one serves. */
  readonly reservationIds?: readonly string[] | undefined;
  /** Whether on-demand instances serve the rest. */
  readonly fallsBack: boolean;
}

/** A CreateFleet request of type `instant`. */
export interface FleetRequest {
  readonly clientToken?: string | undefined;
  readonly fingerprint: string;
  readonly dryRun: boolean;
  readonly overrides: readonly OverrideRequest[];
  readonly target: { readonly total: number; readonly spot: number; readonly onDemand: number; readonly reserved: number };
  readonly spot: MarketOptions;
  readonly onDemand: MarketOptions & { readonly reservationsFirst: boolean };
  readonly reserved: ReservedCapacity;
  readonly instanceTags: Tags;
  readonly volumeTags: Tags;
  readonly fleetTags: Tags;
}

/** Reads a CreateFleet request; throws as EC2 refuses what is not valid. */
export function readFleetRequest(params: QueryParams): FleetRequest {
  if (text(params, 'Type') !== 'instant') {
    throw new ServiceError('InvalidParameterValue', "The fleet simulator knows fleets of type 'instant' only.");
  }
  const overrides = readOverrides(params);
  const onDemand = structure(params, 'OnDemandOptions');
  return {
    clientToken: text(params, 'ClientToken'),
    fingerprint: fingerprint(params),
    dryRun: flag(params, 'DryRun'),
    overrides,
    target: readTarget(structure(params, 'TargetCapacitySpecification')),
    spot: readMarketOptions('SpotOptions', structure(params, 'SpotOptions'), SPOT_STRATEGIES),
    onDemand: {
      ...readMarketOptions('OnDemandOptions', onDemand, ON_DEMAND_STRATEGIES),
      reservationsFirst:
        text(structure(onDemand, 'CapacityReservationOptions'), 'UsageStrategy') ===
        'use-capacity-reservations-first',
    },
    reserved: readReservedCapacity(params),
    instanceTags: readTagSpecification(params, 'instance'),
    volumeTags: readTagSpecification(params, 'volume'),
    fleetTags: readTagSpecification(params, 'fleet'),
  };
}

function readOverrides(params: QueryParams): OverrideRequest[] {
  const configs = structures(params, 'LaunchTemplateConfigs');
  const overrides = configs.flatMap((config) => {
    const specification = structure(config, 'LaunchTemplateSpecification');
    const template = {
      id: text(specification, 'LaunchTemplateId'),
      name: text(specification, 'LaunchTemplateName'),
      version: text(specification, 'Version'),
    };
    const listed = structures(config, 'Overrides');
    return (listed.length === 0 ? [{}] : listed).map((override) => readOverride(template, override));
  });
  if (overrides.length === 0) {
    throw new ServiceError('MissingParameter', 'The request must contain the parameter LaunchTemplateConfigs');
  }
  if (overrides.length > 300) {
    throw new ServiceError('InvalidParameterValue', 'A fleet may have at most 300 launch template overrides.');
  }
  return overrides;
}

function readOverride(template: OverrideRequest['template'], override: QueryParams): OverrideRequest {
  if (override['InstanceRequirements'] !== undefined) {
    throw new ServiceError('UnsupportedOperation', 'The fleet simulator takes instance types, not InstanceRequirements.');
  }
  return {
    template,
    type: text(override, 'InstanceType'),
    subnetIds: text(override, 'SubnetId')?.split(',').map((id) => id.trim()) ?? [],
    zone: text(override, 'AvailabilityZone'),
    maxPrice: text(override, 'MaxPrice'),
    weight: number(override, 'WeightedCapacity'),
    priority: number(override, 'Priority'),
    imageId: text(override, 'ImageId'),
    group: text(structure(override, 'Placement'), 'GroupName'),
  };
}

function readTarget(target: QueryParams): FleetRequest['target'] {
  const total = number(target, 'TotalTargetCapacity');
  if (total === undefined || !Number.isInteger(total) || total < 1 || total > 10_000) {
    throw new ServiceError('InvalidTargetCapacitySpecification', 'TotalTargetCapacity must be from 1 to 10000.');
  }
  const spot = number(target, 'SpotTargetCapacity') ?? 0;
  const onDemand = number(target, 'OnDemandTargetCapacity') ?? 0;
  const rest = total - spot - onDemand;
  if (rest < 0) {
    throw new ServiceError(
      'InvalidTargetCapacitySpecification',
      'The sum of SpotTargetCapacity and OnDemandTargetCapacity must not exceed TotalTargetCapacity.',
    );
  }
  const kind = text(target, 'DefaultTargetCapacityType') ?? 'on-demand';
  if (!['spot', 'on-demand', 'reserved-capacity', 'capacity-block'].includes(kind)) {
    throw new ServiceError('InvalidParameterValue', `Invalid DefaultTargetCapacityType: ${kind}`);
  }
  return {
    total,
    spot: spot + (kind === 'spot' ? rest : 0),
    onDemand: onDemand + (kind === 'on-demand' ? rest : 0),
    reserved: kind === 'reserved-capacity' || kind === 'capacity-block' ? rest : 0,
  };
}

function readReservedCapacity(params: QueryParams): ReservedCapacity {
  const options = structure(params, 'ReservedCapacityOptions');
  const kind = text(structure(params, 'TargetCapacitySpecification'), 'DefaultTargetCapacityType');
  if (Object.keys(options).length > 0 && kind !== 'reserved-capacity') {
    throw new ServiceError(
      'InvalidParameterCombination',
      'ReservedCapacityOptions can only be specified when DefaultTargetCapacityType is reserved-capacity.',
    );
  }
  const types = texts(options, 'ReservationType');
  const ids = texts(structure(options, 'CapacityReservationTarget'), 'CapacityReservationId');
  return {
    reservationIds: types.length > 0 && !types.includes('on-demand-capacity-reservation') ? [] : ids.length === 0 ? undefined : ids,
    fallsBack: texts(structure(options, 'ReservedCapacityFallbackOptions'), 'MarketType').includes('on-demand'),
  };
}

function readMarketOptions(
  member: string,
  options: QueryParams,
  strategies: readonly AllocationStrategy[],
): MarketOptions {
  const named = text(options, 'AllocationStrategy') ?? 'lowest-price';
  const strategy = strategies.find((known) => known === named);
  if (strategy === undefined) {
    throw new ServiceError('InvalidParameterValue', `Invalid AllocationStrategy in ${member}: ${named}`);
  }
  const minTarget = number(options, 'MinTargetCapacity');
  const singleZone = flag(options, 'SingleAvailabilityZone');
  const singleType = flag(options, 'SingleInstanceType');
  if (minTarget !== undefined && (minTarget < 1 || minTarget > 1000)) {
    throw new ServiceError('InvalidParameterValue', `${member}.MinTargetCapacity must be from 1 to 1000.`);
  }
  if (minTarget !== undefined && !singleZone && !singleType) {
    throw new ServiceError(
      'InvalidParameterCombination',
      `${member}.MinTargetCapacity requires SingleAvailabilityZone or SingleInstanceType.`,
    );
  }
  return { strategy, minTarget, singleZone, singleType };
}

/** A digest of all parameters but those that do not change what is asked. */
function fingerprint(params: QueryParams): string {
  const { DryRun: _dryRun, ...asked } = params;
  return createHash('sha256').update(JSON.stringify(sorted(asked))).digest('hex');
}

function sorted(value: QueryParams[string]): QueryParams[string] {
  if (typeof value === 'string') {
    return value;
  }
  return Array.isArray(value)
    ? value.map(sorted)
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, member]) => [key, sorted(member)]),
      );
}

/** The values that a request's tags, filters and targets name: what faults are scoped by. */
export function namedValues(params: QueryParams): string[] {
  return [
    ...structures(params, 'TagSpecification').flatMap((specification) =>
      structures(specification, 'Tag').map((tag) => text(tag, 'Value') ?? ''),
    ),
    ...structures(params, 'Filter').flatMap((filter) => texts(filter, 'Value')),
  ];
}
