import type { FleetContext } from '../context.ts';
import type { InstanceProfile, LaunchTemplate, Subnet } from '../cloud/cloud.ts';
import { INSTANCE_TYPES } from '../facts/facts.ts';
import type { FleetOverride, PlacementGroup } from '../model.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { FleetRequest, OverrideRequest } from './fleet-request.ts';
import { availableGroup } from './placement-groups.ts';

/** A pool with everything that launching in it needs. */
export interface Pool {
  readonly override: FleetOverride;
  readonly template: LaunchTemplate;
  readonly subnet: Subnet;
  readonly profile?: InstanceProfile | undefined;
  readonly imageId: string;
  /** The parameter of Parameter Store that the image was looked up in. */
  readonly imageParameter?: string | undefined;
  /** Undefined also where the group that is named is not known: launches fail then. */
  readonly group?: PlacementGroup | undefined;
}

/** Looks up what a request's overrides name; throws as EC2 does where something does not exist. */
export async function resolvePools(request: FleetRequest, context: FleetContext): Promise<Pool[]> {
  const templates = new Map<string, Promise<LaunchTemplate>>();
  const images = new Map<string, Promise<string>>();
  const profiles = new Map<string, Promise<InstanceProfile | undefined>>();
  const pools: Pool[] = [];
  for (const override of request.overrides) {
    const template = await remembered(templates, JSON.stringify(override.template), () =>
      findTemplate(override.template, context),
    );
    const profile = await remembered(profiles, JSON.stringify(template.profile), () => findProfile(template, context));
    const reference = override.imageId ?? template.imageId ?? '';
    const imageId = await remembered(images, reference, () => findImage(reference, template, context));
    const groupName = override.group ?? template.placementGroup;
    const group = groupName === undefined ? undefined : availableGroup(groupName, context);
    for (const subnet of await findSubnets(override, template, context)) {
      pools.push(toPool(override, { template, subnet, profile, imageId, imageParameter: imageParameter(reference), group }));
    }
  }
  return pools;
}

function toPool(override: OverrideRequest, found: Omit<Pool, 'override'>): Pool {
  const { template, subnet } = found;
  const type = override.type ?? template.instanceType;
  if (type === undefined) {
    throw new ServiceError('InvalidFleetConfiguration', `Neither the override nor launch template ${template.id} gives an InstanceType.`);
  }
  if (!INSTANCE_TYPES.has(type)) {
    throw new ServiceError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  }
  const { maxPrice, weight, priority } = override;
  return {
    ...found,
    override: {
      templateId: template.id,
      templateVersion: template.version,
      type,
      zone: subnet.zone,
      subnetId: subnet.id,
      maxPrice,
      weight,
      priority,
      imageId: override.imageId,
      group: override.group ?? template.placementGroup,
      interfaces: template.interfaces,
      named: {
        group: override.group !== undefined,
        type: override.type !== undefined,
        subnet: override.subnetIds.length > 0,
        zone: override.zone !== undefined,
      },
    },
  };
}

async function findImage(reference: string, template: LaunchTemplate, { cloud }: FleetContext): Promise<string> {
  if (reference === '') {
    throw new ServiceError('InvalidFleetConfiguration', `Neither the override nor launch template ${template.id} gives an ImageId.`);
  }
  const imageId = await cloud.image(reference);
  if (imageId === undefined) {
    throw new ServiceError('SsmInvalidParameter', `The following aliases are invalid: ${imageParameter(reference) ?? reference}`);
  }
  return imageId;
}

/** The name in `resolve:ssm:NAME`. */
function imageParameter(reference: string): string | undefined {
  return /^resolve:ssm:(.+)$/.exec(reference)?.[1];
}

async function findTemplate(reference: OverrideRequest['template'], { cloud }: FleetContext): Promise<LaunchTemplate> {
  const template = await cloud.launchTemplate(reference);
  if (template === undefined) {
    throw new ServiceError(
      reference.id === undefined ? 'InvalidLaunchTemplateName.NotFoundException' : 'InvalidLaunchTemplateId.NotFound',
      `The specified launch template, with template ID ${reference.id ?? reference.name}, does not exist.`,
    );
  }
  return template;
}

async function findProfile(template: LaunchTemplate, { cloud }: FleetContext): Promise<InstanceProfile | undefined> {
  if (template.profile === undefined) {
    return undefined;
  }
  const profile = await cloud.instanceProfile(template.profile);
  if (profile === undefined) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value (${template.profile.name ?? template.profile.arn}) for parameter iamInstanceProfile is invalid. Invalid IAM Instance Profile`,
    );
  }
  return profile;
}

async function findSubnets(override: OverrideRequest, template: LaunchTemplate, { cloud }: FleetContext): Promise<Subnet[]> {
  const ids = override.subnetIds.length > 0 ? override.subnetIds : [template.subnetId].filter((id) => id !== undefined);
  if (ids.length === 0) {
    const subnet = override.zone === undefined ? undefined : await cloud.defaultSubnet(override.zone);
    if (subnet === undefined) {
      throw new ServiceError('MissingInput', 'No subnet is named, and there is no default subnet for the zone.');
    }
    return [subnet];
  }
  return Promise.all(
    ids.map(async (id) => {
      const subnet = await cloud.subnet(id);
      if (subnet === undefined) {
        throw new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
      }
      if (override.zone !== undefined && override.zone !== subnet.zone) {
        throw new ServiceError('InvalidFleetConfiguration', `Subnet ${id} is not in ${override.zone}.`);
      }
      return subnet;
    }),
  );
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
