import type { FleetContext } from '../context.ts';
import type { AccessCheck, Caller } from '../http/caller.ts';
import { holdsCapacity } from '../model.ts';
import type { PlacementGroup, Tags } from '../model.ts';
import { text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorize, authorizeDescribe, requestTags, resourceTags } from './access.ts';
import { fitsFilters } from './filters.ts';
import { randomId } from './ids.ts';
import { readTagSpecification, writeTags } from './tags.ts';

const STRATEGIES = ['cluster', 'spread', 'partition'] as const;

/** `CreatePlacementGroup`: the group is `pending` for as long as a new instance is not visible. */
export async function createPlacementGroup(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  const name = requiredName(params);
  const strategy = STRATEGIES.find((known) => known === (text(params, 'Strategy') ?? 'cluster'));
  if (strategy === undefined) {
    throw new ServiceError('InvalidParameterValue', `Value (${text(params, 'Strategy')}) for parameter strategy is invalid.`);
  }
  const tags = readTagSpecification(params, 'placement-group');
  await authorize(caller, createChecks(name, strategy, tags, caller));
  if (context.placementGroups.get(name) !== undefined) {
    throw new ServiceError('InvalidPlacementGroup.Duplicate', `The placement group '${name}' already exists.`);
  }
  const availableAtMs = context.clock.nowMs() + context.market.scenario.visibility.instanceMs;
  const group = { id: `pg-${randomId(17)}`, name, strategy, tags, availableAtMs };
  context.placementGroups.put(name, group);
  return { return: true, placementGroup: writeGroup(group, caller, context) };
}

/** `DeletePlacementGroup`: refused while an instance of the group is not terminated. */
export async function deletePlacementGroup(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  const group = knownGroup(requiredName(params), context);
  const keys = groupKeys(group);
  await authorize(caller, [{ action: 'ec2:DeletePlacementGroup', resource: groupArn(group.name, caller), context: keys }]);
  if (context.instances.values().some((instance) => holdsCapacity(instance) && instance.placementGroup === group.name)) {
    throw new ServiceError('InvalidPlacementGroup.InUse', `The placement group '${group.name}' is in use and may not be deleted.`);
  }
  context.placementGroups.delete(group.name);
  return { return: true };
}

/** `DescribePlacementGroups`: by name, id and filter. */
export async function describePlacementGroups(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribePlacementGroups');
  const names = texts(params, 'GroupName');
  const ids = texts(params, 'GroupId');
  const all = context.placementGroups.values();
  const unknownId = ids.find((id) => all.every((group) => group.id !== id));
  if (unknownId !== undefined) {
    throw new ServiceError('InvalidPlacementGroupId.NotFound', `The placement group ID '${unknownId}' does not exist`);
  }
  const named = names.length === 0 ? all : names.map((name) => knownGroup(name, context));
  const groups = named.filter(
    (group) => (ids.length === 0 || ids.includes(group.id)) && fitsFilters(params, filterValues(group, caller, context), group.tags),
  );
  return { placementGroupSet: groups.map((group) => writeGroup(group, caller, context)) };
}

/** What a launch into a group is checked against: the group, its tags, its name and its strategy. */
export function groupCheck(action: string, group: PlacementGroup, caller: Caller): AccessCheck {
  return { action, resource: groupArn(group.name, caller), context: groupKeys(group) };
}

/** The group that a launch may name; undefined while there is none or it is pending. */
export function availableGroup(name: string, { placementGroups, clock }: FleetContext): PlacementGroup | undefined {
  const group = placementGroups.get(name);
  return group !== undefined && clock.nowMs() >= group.availableAtMs ? group : undefined;
}

/** EC2's answer to a name that no group has. */
export function unknownGroup(name: string): ServiceError {
  return new ServiceError('InvalidPlacementGroup.Unknown', `The Placement Group '${name}' is unknown.`);
}

function knownGroup(name: string, { placementGroups }: FleetContext): PlacementGroup {
  const group = placementGroups.get(name);
  if (group === undefined) {
    throw unknownGroup(name);
  }
  return group;
}

function requiredName(params: QueryParams): string {
  const name = text(params, 'GroupName');
  if (name === undefined) {
    throw new ServiceError('MissingParameter', 'The request must contain the parameter groupName');
  }
  if (name.length > 255) {
    throw new ServiceError('InvalidParameterValue', 'Value for parameter groupName is invalid. The name must not exceed 255 characters.');
  }
  return name;
}

function createChecks(name: string, strategy: PlacementGroup['strategy'], tags: Tags, caller: Caller): AccessCheck[] {
  const resource = groupArn(name, caller);
  const context = { 'ec2:PlacementGroupName': name, 'ec2:PlacementGroupStrategy': strategy, ...requestTags(tags) };
  const create: AccessCheck = { action: 'ec2:CreatePlacementGroup', resource, context };
  const tag: AccessCheck = { action: 'ec2:CreateTags', resource, context: { 'ec2:CreateAction': 'CreatePlacementGroup', ...context } };
  return Object.keys(tags).length === 0 ? [create] : [create, tag];
}

function groupArn(name: string, { region, account }: Caller): string {
  return `arn:aws:ec2:${region}:${account}:placement-group/${name}`;
}

function groupKeys({ name, strategy, tags }: PlacementGroup): Record<string, string> {
  return { 'ec2:PlacementGroupName': name, 'ec2:PlacementGroupStrategy': strategy, ...resourceTags(tags) };
}

function stateOf({ availableAtMs }: PlacementGroup, { clock }: FleetContext): string {
  return clock.nowMs() >= availableAtMs ? 'available' : 'pending';
}

function filterValues(group: PlacementGroup, caller: Caller, context: FleetContext): Readonly<Record<string, readonly string[]>> {
  return {
    'group-name': [group.name],
    'group-arn': [groupArn(group.name, caller)],
    'group-id': [group.id],
    state: [stateOf(group, context)],
    strategy: [group.strategy],
    'tag-key': Object.keys(group.tags),
  };
}

function writeGroup(group: PlacementGroup, caller: Caller, context: FleetContext): XmlTree {
  return {
    groupName: group.name,
    groupId: group.id,
    groupArn: groupArn(group.name, caller),
    strategy: group.strategy,
    state: stateOf(group, context),
    tagSet: writeTags(group.tags),
  };
}
