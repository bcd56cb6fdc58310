import type { CreateFleetCommandInput, FleetLaunchTemplateConfigRequest, FleetLaunchTemplateOverridesRequest } from '@aws-sdk/client-ec2';
import { efaLaunchTemplate } from '../../../core/capacity/efa.ts';
import type { GangRequest, PlannedLaunch, PoolRequest } from '../../../core/capacity/gang.ts';
import type { Deployment, NamespaceSettings } from '../../../core/deployment/deployment.ts';
import { namespaceSettings } from '../../../core/deployment/deployment.ts';
import type { InstanceTypeFacts } from '../../../core/ports/capacity-provider.ts';
import { groupName } from './ec2-placement-groups.ts';
import { launchTags } from './instance-tags.ts';

/** Root device of the images that the launch templates name. */
const ROOT_DEVICE = '/dev/xvda';

export type FleetRequest =
  | { readonly kind: 'request'; readonly input: CreateFleetCommandInput }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string };

/**
 * The `CreateFleet` request of a launch: type `instant`, one override per instance type and zone, the launch template of
 * the namespace for the architecture, or for as many Elastic Fabric Adapters as the type has. `MinTargetCapacity` makes
 * the call all or nothing where the launch says so; EC2 takes it only with a single zone or a single type.
 */
export function fleetRequest(gang: GangRequest, launch: PlannedLaunch, types: ReadonlyMap<string, InstanceTypeFacts>, deployment: Deployment): FleetRequest {
  const pool = gang.pools.find((candidate) => candidate.pool === launch.pool);
  if (!pool) return rejected('UnknownPool', `the job has no pool ${launch.pool}`);
  const settings = namespaceSettings(deployment, gang.namespace);
  const overrides = new Map<string, FleetLaunchTemplateOverridesRequest[]>();
  const reference = pool.efa ? 'LaunchTemplateName' : 'LaunchTemplateId';
  for (const facts of launch.instanceTypes.flatMap((type) => types.get(type) ?? [])) {
    const template = templateFor(pool, facts, settings);
    if (template === undefined) continue;
    const image = imageFor(pool, facts, deployment);
    if (image === null) return rejected('NoMachineImage', `the machine image ${pool.image ?? 'of the runtime'} has no variant for ${facts.architecture}`);
    const ofType = launch.zones.map((zone) => ({ ...override(gang, facts, zone, pool, deployment), ...(image ? { ImageId: image } : {}) }));
    overrides.set(template, [...(overrides.get(template) ?? []), ...ofType]);
  }
  if (overrides.size === 0) return withoutTemplate(gang, launch, pool);
  const LaunchTemplateConfigs = [...overrides].map(([template, ofTemplate]): FleetLaunchTemplateConfigRequest => ({
    LaunchTemplateSpecification: { [reference]: template, Version: '$Latest' },
    Overrides: ofTemplate,
  }));
  const Tags = launchTags(deployment, gang, launch);
  const TagSpecifications = (['instance', 'volume'] as const).map((ResourceType) => ({ ResourceType, Tags }));
  return { kind: 'request', input: { ...capacityOf(launch, pool), LaunchTemplateConfigs, TagSpecifications } };
}

/** The placement group that a request names. */
export function groupOf({ LaunchTemplateConfigs = [] }: CreateFleetCommandInput): string | undefined {
  return LaunchTemplateConfigs.flatMap(({ Overrides = [] }) => Overrides).find(({ Placement }) => Placement?.GroupName)?.Placement?.GroupName;
}

function templateFor({ efa }: PoolRequest, facts: InstanceTypeFacts, settings: NamespaceSettings | undefined): string | undefined {
  return efa ? efaLaunchTemplate(settings, facts) : settings?.launchTemplates[facts.architecture];
}

function withoutTemplate({ namespace }: GangRequest, { instanceTypes }: PlannedLaunch, { pool, efa }: PoolRequest): FleetRequest {
  const what = `pool ${pool}: the deployment has no launch template for ${instanceTypes.join(', ')} in namespace ${namespace}`;
  return efa ? rejected('EfaNotServed', `${what} with Elastic Fabric Adapters`) : rejected('NoLaunchTemplate', what);
}

function capacityOf(launch: PlannedLaunch, pool: PoolRequest): Omit<CreateFleetCommandInput, 'LaunchTemplateConfigs'> {
  const asked = { ClientToken: launch.clientToken, Type: 'instant' } as const;
  const total = { TotalTargetCapacity: launch.count };
  const bounds = {
    ...(launch.minimum > 1 ? { MinTargetCapacity: launch.minimum } : {}),
    ...(launch.zones.length === 1 ? { SingleAvailabilityZone: true } : {}),
    ...(pool.mix === 'Same' ? { SingleInstanceType: true } : {}),
  };
  switch (launch.market) {
    case 'spot':
      return {
        ...asked,
        TargetCapacitySpecification: { ...total, DefaultTargetCapacityType: 'spot' },
        SpotOptions: { AllocationStrategy: 'price-capacity-optimized', ...bounds },
      };
    case 'on-demand':
      return {
        ...asked,
        TargetCapacitySpecification: { ...total, DefaultTargetCapacityType: 'on-demand' },
        // EC2 uses open reservations of a type by itself. To ask for them before a cheaper type may need a right on each.
        OnDemandOptions: { AllocationStrategy: 'lowest-price', ...bounds },
      };
    case 'reserved':
      return {
        ...asked,
        TargetCapacitySpecification: { ...total, DefaultTargetCapacityType: 'reserved-capacity' },
        ReservedCapacityOptions: {
          ReservationTypes: ['on-demand-capacity-reservation'],
          CapacityReservationTarget: { CapacityReservationIds: [...(launch.reservations ?? [])] },
        },
      };
  }
}

function override(gang: GangRequest, { instanceType }: InstanceTypeFacts, zone: string, pool: PoolRequest, deployment: Deployment): FleetLaunchTemplateOverridesRequest {
  return {
    InstanceType: instanceType as FleetLaunchTemplateOverridesRequest['InstanceType'],
    SubnetId: deployment.subnets[zone],
    ...(gang.placementGroup ? { Placement: { GroupName: groupName(deployment.name, gang, zone) } } : {}),
    ...(pool.diskSizeGiB
      ? { BlockDeviceMappings: [{ DeviceName: ROOT_DEVICE, Ebs: { VolumeSize: pool.diskSizeGiB, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true } }] }
      : {}),
  };
}

/** The image that overrides the launch template's, if any; `null` where the alias, or the runtime, has none for the architecture. */
function imageFor({ image, images }: PoolRequest, { architecture }: InstanceTypeFacts, { machineImages }: Deployment): string | undefined | null {
  if (image === undefined) return images === undefined ? undefined : (images[architecture] ?? null);
  const variants = Object.hasOwn(machineImages, image) ? machineImages[image] : undefined;
  return variants ? (variants[architecture] ?? null) : image;
}

function rejected(code: string, message: string): FleetRequest {
  return { kind: 'rejected', code, message };
}
