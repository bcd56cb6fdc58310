import type { FleetContext } from '../context.ts';
import type { Caller } from '../http/caller.ts';
import type { FleetCall, FleetOverride } from '../model.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ConnectionLost, ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { usableAddresses } from './addresses.ts';
import { allocate } from './fleet-allocation.ts';
import { authorizeFleet, refusedPools } from './fleet-access.ts';
import { writeFleet } from './fleet-answer.ts';
import { resolvePools } from './fleet-pools.ts';
import type { Pool } from './fleet-pools.ts';
import { readFleetRequest } from './fleet-request.ts';
import type { FleetRequest } from './fleet-request.ts';
import { randomId } from './ids.ts';
import { impossiblePools } from './launch-refusals.ts';
import { LaunchRoom } from './launch-room.ts';
import type { PoolRefusal } from './pool-offer.ts';
import { findReservations } from './reservations.ts';
import { startInstances, usedAddresses } from './start-instances.ts';

/** `CreateFleet` of type `instant`. The same client token with the same request is answered the same. */
export async function createFleet(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  const request = readFleetRequest(params);
  findReservations(request.reserved.reservationIds ?? [], context);
  const pools = await resolvePools(request, context);
  await authorizeFleet(caller, request, pools);
  const refused = new Map([...impossiblePools(pools, context), ...(await refusedPools(caller, request, pools))]);
  if (request.dryRun) {
    throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }
  // From here on nothing waits: a second request with the token finds either nothing or the whole fleet.
  const earlier = findEarlier(request, context);
  if (earlier !== undefined) {
    const isTerse = context.faults.strike('terseRepeat', { tagValues: Object.values(earlier.tags) }) !== undefined;
    return isTerse ? { fleetId: earlier.fleetId } : writeFleet(earlier);
  }
  const call = launchFleet(request, pools, refused, caller, context);
  context.fleetCalls.put(call.fleetId, call);
  return loseAnswer(call, context) ?? writeFleet(call);
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
  refused: ReadonlyMap<FleetOverride, PoolRefusal>,
  caller: Caller,
  context: FleetContext,
): FleetCall {
  const overrides = pools.map((pool) => pool.override);
  const { launches, errors } = allocateAll(request, overrides, refused, context, launchRoom(pools, context));
  const fleetId = `fleet-${randomId(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
  const launched = launches.map((launch) => startInstances({ launch, fleetId, request, pools, caller, context }));
  context.launchTokens.take(launches.reduce((sum, { count }) => sum + count, 0), context.clock.nowMs());
  return {
    fleetId,
    atMs: context.clock.nowMs(),
    clientToken: request.clientToken,
    fingerprint: request.fingerprint,
    requested: request.target,
    pools: overrides.map(({ type, zone }) => `${type}/${zone}`),
    tags: request.instanceTags,
    launched,
    errors,
    answerLost: false,
  };
}

/** Reserved capacity that was asked as such, then on-demand with what open reservations hold, then Spot. */
function allocateAll(
  { target, spot, onDemand, reserved }: FleetRequest,
  overrides: readonly FleetOverride[],
  refused: ReadonlyMap<FleetOverride, PoolRefusal>,
  { market: { scenario } }: FleetContext,
  room: LaunchRoom,
) {
  const open = scenario.reservations.filter(({ matching }) => matching === 'open').map(({ id }) => id);
  const asked = { overrides, refused, reservationsFirst: false, reservedOnly: false, reservationIds: [] };
  const asReserved = allocate(
    {
      ...asked,
      market: 'on-demand',
      target: target.reserved,
      options: { ...onDemand, minTarget: undefined },
      reservationIds: reserved.reservationIds ?? open,
      reservedOnly: true,
    },
    room,
  );
  const fallback = reserved.fallsBack ? Math.max(0, target.reserved - asReserved.served) : 0;
  const asOnDemand = allocate(
    {
      ...asked,
      market: 'on-demand',
      target: target.onDemand + fallback,
      options: onDemand,
      reservationIds: open,
      reservationsFirst: onDemand.reservationsFirst,
    },
    room,
  );
  const asSpot = allocate({ ...asked, market: 'spot', target: target.spot, options: spot }, room);
  const all = [asReserved, asOnDemand, asSpot];
  return { launches: all.flatMap(({ launches }) => launches), errors: all.flatMap(({ errors }) => errors) };
}

function launchRoom(pools: readonly Pool[], context: FleetContext): LaunchRoom {
  const instances = context.instances.values();
  const addresses = new Map(
    pools.map(({ subnet }) => [subnet.id, usableAddresses(subnet.cidr) - usedAddresses(subnet.id, instances).size]),
  );
  const { market, clock, launchTokens, placementGroups } = context;
  const clusterGroups = placementGroups.values().filter(({ strategy }) => strategy === 'cluster');
  return new LaunchRoom({
    scenario: market.scenario,
    seconds: market.seconds(),
    instances,
    clusterGroups: new Set(clusterGroups.map(({ name }) => name)),
    addresses,
    tokens: launchTokens.level(clock.nowMs()),
  });
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
