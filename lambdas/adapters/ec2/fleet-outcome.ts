import type { CreateFleetCommandOutput, CreateFleetError, CreateFleetInstance } from '@aws-sdk/client-ec2';
import { errorScope } from '../../../core/capacity/error-scope.ts';
import type { LaunchedInstance, LaunchOutcome, LaunchRecord, Unavailable } from '../../../core/capacity/gang.ts';
import { instanceId } from '../../../core/job/ids.ts';
import type { Market } from '../../../core/job/job.ts';

type FleetAnswer = Pick<CreateFleetCommandOutput, 'Instances' | 'Errors'>;

/**
 * Reads what a fleet brought. Errors beside instances are a result. One that waiting does not cure refuses the launch, but
 * not where it is about one type or zone and others are served or will be.
 */
export function fleetOutcome(launch: LaunchRecord, answer: FleetAnswer, subnets: Readonly<Record<string, string>>, requestId: string | undefined): LaunchOutcome {
  const errors = answer.Errors ?? [];
  const refusals = errors.filter(({ ErrorCode }) => errorScope(ErrorCode ?? '') === 'reject');
  const nothingElse = refusals.length === errors.length && (answer.Instances ?? []).length === 0;
  const refused = nothingElse ? refusals[0] : refusals.find(isOfAll);
  return {
    launched: (answer.Instances ?? []).flatMap((instances) => launchedOf(launch, instances, subnets)),
    unavailable: errors.flatMap((error) => unavailableOf(launch, error, subnets)),
    ...(requestId ? { requestId } : {}),
    ...(refused ? { rejected: { code: refused.ErrorCode ?? 'Unknown', message: refused.ErrorMessage ?? '' } } : {}),
  };
}

function launchedOf(launch: LaunchRecord, instances: CreateFleetInstance, subnets: Readonly<Record<string, string>>): LaunchedInstance[] {
  const overrides = instances.LaunchTemplateAndOverrides?.Overrides;
  const zone = instances.AvailabilityZone ?? overrides?.AvailabilityZone ?? zoneOf(overrides?.SubnetId, subnets) ?? launch.zones[0] ?? '';
  const market = marketOf(launch, instances);
  const instanceType = instances.InstanceType ?? overrides?.InstanceType ?? launch.instanceTypes[0] ?? '';
  return (instances.InstanceIds ?? []).map((id) => ({ instanceId: instanceId(id), instanceType, zone, market }));
}

/** EC2 calls what runs in a reservation on-demand. */
function marketOf({ market }: LaunchRecord, { Lifecycle }: CreateFleetInstance): Market {
  if (market === 'reserved') return market;
  return (Lifecycle ?? market) === 'spot' ? 'spot' : 'on-demand';
}

/** An error that names no type or no zone is one of all that the launch asked for. */
function unavailableOf(launch: LaunchRecord, error: CreateFleetError, subnets: Readonly<Record<string, string>>): Unavailable[] {
  const overrides = error.LaunchTemplateAndOverrides?.Overrides;
  const zone = overrides?.AvailabilityZone ?? zoneOf(overrides?.SubnetId, subnets);
  const zones = zone ? [zone] : launch.zones;
  const types = overrides?.InstanceType ? [overrides.InstanceType] : launch.instanceTypes;
  const { ErrorCode: code = 'Unknown', ErrorMessage: message = '' } = error;
  return zones.flatMap((at) => types.map((instanceType) => ({ offering: { instanceType, zone: at, market: launch.market }, code, message })));
}

function isOfAll({ LaunchTemplateAndOverrides: { Overrides: overrides } = {} }: CreateFleetError): boolean {
  return overrides?.InstanceType === undefined && overrides?.SubnetId === undefined && overrides?.AvailabilityZone === undefined;
}

function zoneOf(subnetId: string | undefined, subnets: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(subnets).find(([, id]) => id === subnetId)?.[0];
}
