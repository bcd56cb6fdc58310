import type { FleetContext } from '../context.ts';
import { priceUsdPerHour } from '../facts/facts.ts';
import { instanceTarget } from '../faults.ts';
import type { Caller } from '../http/caller.ts';
import type { FleetCall, FleetError, FleetLaunch, FleetOverride, Instance } from '../model.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ConnectionLost, ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { freeAddresses, usableAddresses } from './addresses.ts';
import { allocate } from './fleet-allocation.ts';
import type { PoolLaunch } from './fleet-allocation.ts';
import { authorizeFleet, refusedPools } from './fleet-access.ts';
import { resolvePools } from './fleet-pools.ts';
import type { Pool } from './fleet-pools.ts';
import { readFleetRequest } from './fleet-request.ts';
import type { FleetRequest } from './fleet-request.ts';
import { randomId } from './ids.ts';
import { LaunchRoom } from './launch-room.ts';

/** `CreateFleet` of type `instant`. The same client token with the same request is answered the same. */
export async function createFleet(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  const request = readFleetRequest(params);
  const pools = await resolvePools(request, context);
  await authorizeFleet(caller, request, pools);
  const refused = await refusedPools(caller, request, pools);
  if (request.dryRun) {
    throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }
  // From here on nothing waits: a second request with the token finds either nothing or the whole fleet.
  const earlier = findEarlier(request, context);
  if (earlier !== undefined) {
    return answer(earlier);
  }
  const call = launchFleet(request, pools, refused, caller, context);
  context.fleetCalls.put(call.fleetId, call);
  return loseAnswer(call, context) ?? answer(call);
}

function findEarlier(request: FleetRequest, { fleetCalls }: FleetContext): FleetCall | undefined {
  const earlier =
    request.clientToken === undefined
      ? undefined
      : fleetCalls.values().find((call) => call.clientToken === request.clientToken);
  if (earlier !== undefined && earlier.fingerprint !== request.fingerprint) {
    throw new ServiceError(
      'IdempotentParameterMismatch',
      'The client token you have provided is associated with a previous request that had different parameters.',
    );
  }
  return earlier;
}

function launchFleet(
  request: FleetRequest,
  pools: readonly Pool[],
  refused: ReadonlyMap<FleetOverride, string>,
  caller: Caller,
  context: FleetContext,
): FleetCall {
  const room = launchRoom(pools, context);
  const overrides = pools.map((pool) => pool.override);
  const { target, spot, onDemand } = request;
  const reservations = onDemand.reservationsFirst ? target.onDemand + target.reserved : target.reserved;
  const reserved = allocate({ market: 'reserved', target: reservations, options: { ...onDemand, minTarget: undefined }, overrides, refused }, room);
  const servedByReservations = reserved.launches.reduce((sum, launch) => sum + launch.count * (launch.override.weight ?? 1), 0);
  const asOnDemand = allocate(
    { market: 'on-demand', target: target.onDemand - Math.max(0, servedByReservations - target.reserved), options: onDemand, overrides, refused },
    room,
  );
  const asSpot = allocate({ market: 'spot', target: target.spot, options: spot, overrides, refused }, room);
  const launches = [...reserved.launches, ...asOnDemand.launches, ...asSpot.launches];
  // What reservations lack is an error only where nothing but a reservation was asked for.
  const errors = [...(target.reserved > 0 ? reserved.errors : []), ...asOnDemand.errors, ...asSpot.errors];
  const fleetId = `fleet-${randomId(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
  const launched = launches.map((launch) => startInstances(launch, fleetId, request, pools, caller, context));
  context.launchTokens.take(launches.reduce((sum, { count }) => sum + count, 0), context.clock.nowMs());
  return {
    fleetId,
    atMs: context.clock.nowMs(),
    clientToken: request.clientToken,
    fingerprint: request.fingerprint,
    requested: target,
    pools: overrides.map(({ type, zone }) => `${type}/${zone}`),
    tags: request.instanceTags,
    launched,
    errors,
    answerLost: false,
  };
}

function launchRoom(pools: readonly Pool[], context: FleetContext): LaunchRoom {
  const instances = context.instances.values();
  const addresses = new Map(
    pools.map(({ subnet }) => [subnet.id, usableAddresses(subnet.cidr) - usedAddresses(subnet.id, instances).size]),
  );
  const { market, clock, launchTokens } = context;
  return new LaunchRoom(market.scenario, market.seconds(), instances, addresses, launchTokens.level(clock.nowMs()));
}

/** The addresses that instances of a subnet hold. */
function usedAddresses(subnetId: string, instances: readonly Instance[]): Set<string> {
  return new Set(
    instances
      .filter((instance) => instance.subnetId === subnetId && instance.state !== 'terminated')
      .map(({ address }) => address),
  );
}

function startInstances(
  launch: PoolLaunch,
  fleetId: string,
  request: FleetRequest,
  pools: readonly Pool[],
  caller: Caller,
  context: FleetContext,
): FleetLaunch {
  const pool = pools.find((candidate) => candidate.override === launch.override);
  if (pool === undefined) {
    throw new Error('A launch in a pool that was not asked for');
  }
  const reservationId = `r-${randomId(17)}`;
  const used = usedAddresses(pool.subnet.id, context.instances.values());
  const addresses = freeAddresses(pool.subnet.cidr, used);
  const instanceIds: string[] = [];
  for (let index = 0; index < launch.count; index += 1) {
    const address = String(addresses.next().value);
    const instance = newInstance({ launch, pool, address, reservationId, fleetId, request, caller, context });
    context.lifecycle.begin(instance);
    instanceIds.push(instance.id);
  }
  return { override: launch.override, market: launch.market === 'spot' ? 'spot' : 'on-demand', instanceIds };
}

interface NewInstance {
  readonly launch: PoolLaunch;
  readonly pool: Pool;
  readonly address: string;
  readonly reservationId: string;
  readonly fleetId: string;
  readonly request: FleetRequest;
  readonly caller: Caller;
  readonly context: FleetContext;
}

function newInstance({ launch, pool, address, reservationId, fleetId, request, caller, context }: NewInstance): Instance {
  const { clock, market: runningMarket, faults } = context;
  const { boot, visibility } = runningMarket.scenario;
  const id = `i-${randomId(17)}`;
  const tags = { ...pool.template.instanceTags, ...request.instanceTags, 'aws:ec2:fleet-id': fleetId };
  const now = clock.nowMs();
  const slower = 1 + boot.jitter * jitterShare(id);
  const late = faults.strike('slowBoot', instanceTarget({ id, tags }))?.seconds ?? 0;
  const market = launch.market === 'spot' ? 'spot' : 'on-demand';
  const { type, zone } = launch.override;
  return {
    id,
    reservationId,
    fleetId,
    type,
    zone,
    market,
    address,
    tags,
    account: caller.account,
    region: caller.region,
    subnetId: pool.subnet.id,
    vpcId: pool.subnet.vpcId,
    securityGroupIds: pool.template.securityGroupIds,
    reserved: launch.market === 'reserved',
    priceUsdPerHour: priceUsdPerHour(type, zone, market),
    imageId: pool.imageId,
    profileArn: pool.profile?.arn,
    userData: pool.template.userData,
    shutdownBehavior: pool.template.shutdownBehavior,
    state: 'pending',
    launchedAtMs: now,
    visibleAtMs: now + visibility.instanceMs,
    runningAtMs: now + clock.wallMs(boot.runningSeconds * slower),
    registersAtMs: now + clock.wallMs((boot.runningSeconds + boot.registerSeconds) * slower + late),
    userDataDone: false,
  };
}

/** From 0 to 1, and the same for the same instance. */
function jitterShare(id: string): number {
  return Number.parseInt(id.slice(-4), 16) / 0xffff;
}

/** The fault that makes the caller believe that nothing was launched. */
function loseAnswer(call: FleetCall, context: FleetContext): undefined {
  const fault = context.faults.strike('launchThenFail', { tagValues: Object.values(call.tags) });
  if (fault === undefined) {
    return undefined;
  }
  context.fleetCalls.put(call.fleetId, { ...call, answerLost: true });
  if (fault.how === 'drop') {
    throw new ConnectionLost('The fleet was launched, and its answer is lost');
  }
  throw new ServiceError('InternalError', 'An internal error has occurred', 500);
}

function answer(call: FleetCall): XmlTree {
  return {
    fleetId: call.fleetId,
    errorSet: call.errors.map((error) => writeFleetError(error)),
    fleetInstanceSet: call.launched.map(({ override, market, instanceIds }) => ({
      launchTemplateAndOverrides: writeOverride(override),
      lifecycle: market,
      instanceIds,
      instanceType: override.type,
      availabilityZone: override.zone,
      subnetId: override.subnetId,
    })),
  };
}

function writeFleetError({ override, market, code, message }: FleetError): XmlTree {
  return {
    launchTemplateAndOverrides: writeOverride(override),
    lifecycle: market,
    errorCode: code,
    errorMessage: message,
  };
}

function writeOverride(override: FleetOverride): XmlTree {
  const { named } = override;
  return {
    launchTemplateSpecification: { launchTemplateId: override.templateId, version: override.templateVersion },
    overrides: {
      instanceType: named.type ? override.type : undefined,
      subnetId: named.subnet ? override.subnetId : undefined,
      availabilityZone: named.zone ? override.zone : undefined,
      maxPrice: override.maxPrice,
      weightedCapacity: override.weight,
      priority: override.priority,
      imageId: override.imageId,
    },
  };
}
