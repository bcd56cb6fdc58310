import type { FleetContext } from '../context.ts';
import type { Caller } from '../http/caller.ts';
import type { FleetCall } from '../model.ts';
import { texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';
import { writeFleetErrors, writeFleetLaunch } from './fleet-answer.ts';

/** `DescribeFleets`: fleets of type `instant` are shown only to who names them. */
export async function describeFleets(params: QueryParams, caller: Caller, { fleetCalls }: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeFleets');
  const fleets = texts(params, 'FleetId').map((id) => {
    const call = fleetCalls.get(id);
    if (call === undefined) {
      throw new ServiceError('InvalidFleetId.NotFound', `The fleet ID '${id}' does not exist`);
    }
    return call;
  });
  return { fleetSet: fleets.map((call) => writeFleetData(call)) };
}

function writeFleetData(call: FleetCall): XmlTree {
  const fulfilled = (market: 'any' | 'on-demand') =>
    call.launched
      .filter((launch) => market === 'any' || launch.market === market)
      .reduce((sum, { override, instanceIds }) => sum + instanceIds.length * (override.weight ?? 1), 0);
  return {
    fleetId: call.fleetId,
    fleetState: 'active',
    activityStatus: fulfilled('any') >= call.requested.total ? 'fulfilled' : 'pending_fulfillment',
    createTime: new Date(call.atMs),
    clientToken: call.clientToken,
    type: 'instant',
    fulfilledCapacity: fulfilled('any'),
    fulfilledOnDemandCapacity: fulfilled('on-demand'),
    targetCapacitySpecification: {
      totalTargetCapacity: call.requested.total,
      onDemandTargetCapacity: call.requested.onDemand,
      spotTargetCapacity: call.requested.spot,
    },
    errorSet: writeFleetErrors(call),
    fleetInstanceSet: call.launched.map(writeFleetLaunch),
  };
}
