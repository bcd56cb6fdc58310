import type { CreateFleetCommandInput, FleetLaunchTemplateConfigRequest, FleetLaunchTemplateOverridesRequest } from '@aws-sdk/client-ec2';
import type { GangRequest, PlannedLaunch, PoolRequest } from '../../../core/capacity/gang.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { namespaceSettings } from '../../../core/deployment/deployment.ts';
import type { InstanceTypeFacts } from '../../../core/ports/capacity-provider.ts';
import { instanceTags } from './instance-tags.ts';

type Architecture = InstanceTypeFacts['architecture'];

/** Root device of the images that the launch templates name. */
const ROOT_DEVICE = '/dev/xvda';

export type FleetRequest =
  | { readonly kind: 'request'; readonly input: CreateFleetCommandInput }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string };

/**
 * The `CreateFleet` request of a launch: type `instant`, one override per instance type and zone, the launch template of
 * the namespace for the architecture. `MinTargetCapacity` makes the call all or nothing where the launch says so; EC2
 * takes it only with a single zone or a single type.
 */
export function fleetRequest(gang: GangRequest, launch: PlannedLaunch, types: ReadonlyMap<string, InstanceTypeFacts>, deployment: Deployment): FleetRequest {
  const pool = gang.pools.find((candidate) => candidate.pool === launch.pool);
  if (!pool) return rejected('UnknownPool', `the job has no pool ${launch.pool}`);
  const unserved = whyUnserved(gang, pool);
  if (unserved) return unserved;
  const templates = namespaceSettings(deployment, gang.namespace)?.launchTemplates ?? {};
  const configs: FleetLaunchTemplateConfigRequest[] = [];
  for (const architecture of architecturesOf(launch, types)) {
    const template = templates[architecture];
    if (!template) return rejected('NoLaunchTemplate', `the deployment has no launch template for ${architecture} in namespace ${gang.namespace}`);
    const image = imageFor(pool, architecture, deployment);
    if (image === null) return rejected('NoMachineImage', `the machine image ${pool.image} has no variant for ${architecture}`);
    const instanceTypes = launch.instanceTypes.filter((type) => types.get(type)?.architecture === architecture);
    configs.push({
      LaunchTemplateSpecification: { LaunchTemplateId: template, Version: '$Latest' },
      Overrides: instanceTypes.flatMap((type) => launch.zones.map((zone) => ({ ...override(type, zone, pool, deployment), ...(image ? { ImageId: image } : {}) }))),
    });
  }
  return { kind: 'request', input: { ...capacityOf(launch, pool), LaunchTemplateConfigs: configs, TagSpecifications: [{ ResourceType: 'instance', Tags: instanceTags(deployment.name, gang, launch) }] } };
}

function capacityOf(launch: PlannedLaunch, pool: PoolRequest): Omit<CreateFleetCommandInput, 'LaunchTemplateConfigs'> {
  const spot = launch.market === 'spot';
  const bounds = {
    ...(launch.minimum > 1 ? { MinTargetCapacity: launch.minimum } : {}),
    ...(launch.zones.length === 1 ? { SingleAvailabilityZone: true } : {}),
    ...(pool.mix === 'Same' ? { SingleInstanceType: true } : {}),
  };
  return {
    ClientToken: launch.clientToken,
    Type: 'instant',
    TargetCapacitySpecification: { TotalTargetCapacity: launch.count, DefaultTargetCapacityType: spot ? 'spot' : 'on-demand' },
    ...(spot
      ? { SpotOptions: { AllocationStrategy: 'price-capacity-optimized', ...bounds } }
      : { OnDemandOptions: { AllocationStrategy: 'lowest-price', ...bounds } }),
  };
}

function override(type: string, zone: string, pool: PoolRequest, deployment: Deployment): FleetLaunchTemplateOverridesRequest {
  return {
    InstanceType: type as FleetLaunchTemplateOverridesRequest['InstanceType'],
    SubnetId: deployment.subnets[zone],
    ...(pool.diskSizeGiB
      ? { BlockDeviceMappings: [{ DeviceName: ROOT_DEVICE, Ebs: { VolumeSize: pool.diskSizeGiB, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true } }] }
      : {}),
  };
}

/** The image that overrides the launch template's, if any; `null` where the alias has none for the architecture. */
function imageFor({ image }: PoolRequest, architecture: Architecture, { machineImages }: Deployment): string | undefined | null {
  if (image === undefined) return undefined;
  const variants = Object.hasOwn(machineImages, image) ? machineImages[image] : undefined;
  return variants ? (variants[architecture] ?? null) : image;
}

/** The launch templates have one plain network interface and no placement group: better refused than ignored. */
function whyUnserved(gang: GangRequest, pool: PoolRequest): FleetRequest | undefined {
  if (pool.efa) return rejected('EfaNotServed', `pool ${pool.pool}: this deployment has no launch template with an Elastic Fabric Adapter`);
  if (gang.placementGroup) return rejected('PlacementGroupNotServed', 'this deployment makes no placement groups');
  return undefined;
}

function architecturesOf(launch: PlannedLaunch, types: ReadonlyMap<string, InstanceTypeFacts>): Architecture[] {
  return [...new Set(launch.instanceTypes.flatMap((type) => types.get(type)?.architecture ?? []))];
}

function rejected(code: string, message: string): FleetRequest {
  return { kind: 'rejected', code, message };
}
