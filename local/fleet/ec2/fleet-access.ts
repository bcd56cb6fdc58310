import type { AccessCheck, Caller } from '../http/caller.ts';
import type { FleetOverride } from '../model.ts';
import { groupCheck } from './placement-groups.ts';
import type { PoolRefusal } from './pool-offer.ts';
import { authorize, requestTags, unauthorizedMessage } from './access.ts';
import type { Pool } from './fleet-pools.ts';
import type { FleetRequest } from './fleet-request.ts';

/** Throws where the caller may not ask for the fleet at all. */
export async function authorizeFleet(caller: Caller, request: FleetRequest, pools: readonly Pool[]): Promise<void> {
  const arn = resourceArns(caller);
  const context = requestTags(request.fleetTags);
  const templates = new Set(pools.map((pool) => pool.template.id));
  await authorize(caller, [
    { action: 'ec2:CreateFleet', resource: arn('fleet/*'), context },
    ...[...templates].map((id) => ({ action: 'ec2:CreateFleet', resource: arn(`launch-template/${id}`) })),
    ...(Object.keys(request.fleetTags).length === 0
      ? []
      : [tagCheck(arn('fleet/*'), 'CreateFleet', context)]),
  ]);
}

/**
 * The pools that the caller may not launch in, with EC2's message. EC2 launches on the caller's behalf, so these do
 * not fail the call: they stand beside what was launched elsewhere.
 */
export async function refusedPools(
  caller: Caller,
  request: FleetRequest,
  pools: readonly Pool[],
): Promise<ReadonlyMap<FleetOverride, PoolRefusal>> {
  const checksByPool = pools.map((pool) => ({ pool, checks: launchChecks(caller, request, pool) }));
  const refusals = await caller.refusals(checksByPool.flatMap(({ checks }) => checks));
  const refused = new Map<FleetOverride, PoolRefusal>();
  for (const { pool, checks } of checksByPool) {
    const refusal = refusals.find(({ check }) => checks.includes(check));
    if (refusal !== undefined) {
      refused.set(pool.override, { code: 'UnauthorizedOperation', message: unauthorizedMessage(refusal.message) });
    }
  }
  return refused;
}

function launchChecks(caller: Caller, request: FleetRequest, pool: Pool): AccessCheck[] {
  const arn = resourceArns(caller);
  const instanceTags = { ...pool.template.instanceTags, ...request.instanceTags };
  const volumeTags = { ...pool.template.volumeTags, ...request.volumeTags };
  const launch = (resource: string, context: AccessCheck['context'] = {}): AccessCheck => ({
    action: 'ec2:RunInstances',
    resource,
    context: { 'ec2:LaunchTemplate': arn(`launch-template/${pool.template.id}`), ...context },
  });
  const instance = {
    'ec2:InstanceType': pool.override.type,
    'ec2:AvailabilityZone': pool.override.zone,
    'ec2:InstanceMarketType': request.target.spot > 0 ? 'spot' : 'on-demand',
    ...(pool.profile === undefined ? {} : { 'ec2:InstanceProfile': pool.profile.arn }),
    ...requestTags(instanceTags),
  };
  return [
    launch(arn('instance/*'), instance),
    launch(arn(`subnet/${pool.subnet.id}`), { 'ec2:Vpc': arn(`vpc/${pool.subnet.vpcId}`) }),
    launch(arn(`launch-template/${pool.template.id}`)),
    launch(`arn:aws:ec2:${caller.region}::image/${pool.imageId}`),
    launch(arn('network-interface/*')),
    launch(arn('volume/*'), requestTags(volumeTags)),
    ...(request.target.spot > 0 ? [launch(arn('spot-instances-request/*'))] : []),
    ...pool.template.securityGroupIds.map((id) => launch(arn(`security-group/${id}`))),
    ...(request.reserved.reservationIds ?? []).map((id) => launch(arn(`capacity-reservation/${id}`))),
    ...groupChecks(caller, pool, launch),
    ...tagChecks(arn('instance/*'), instanceTags),
    ...tagChecks(arn('volume/*'), volumeTags),
    ...passRoleChecks(pool),
    ...imageParameterChecks(caller, pool),
  ];
}

/** EC2 looks images up in the caller's name; public parameters belong to no account. */
function imageParameterChecks({ region, account }: Caller, { imageParameter: name }: Pool): AccessCheck[] {
  if (name === undefined) {
    return [];
  }
  const owner = name.startsWith('/aws/service/') ? '' : account;
  return [{ action: 'ssm:GetParameters', resource: `arn:aws:ssm:${region}:${owner}:parameter/${name.replace(/^\//, '')}` }];
}

function groupChecks(caller: Caller, { group }: Pool, launch: (resource: string, context: AccessCheck['context']) => AccessCheck): AccessCheck[] {
  if (group === undefined) {
    return [];
  }
  const { resource, context } = groupCheck('ec2:RunInstances', group, caller);
  return [launch(resource, context)];
}

function tagChecks(resource: string, tags: Readonly<Record<string, string>>): AccessCheck[] {
  return Object.keys(tags).length === 0 ? [] : [tagCheck(resource, 'RunInstances', requestTags(tags))];
}

function tagCheck(resource: string, createAction: string, context: AccessCheck['context']): AccessCheck {
  return { action: 'ec2:CreateTags', resource, context: { 'ec2:CreateAction': createAction, ...context } };
}

function passRoleChecks({ profile }: Pool): AccessCheck[] {
  return profile === undefined
    ? []
    : [{ action: 'iam:PassRole', resource: profile.roleArn, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } }];
}

function resourceArns(caller: Caller): (resource: string) => string {
  return (resource) => `arn:aws:ec2:${caller.region}:${caller.account}:${resource}`;
}
