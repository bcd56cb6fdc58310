import type { FleetContext } from '../context.ts';
import type { Caller } from '../http/caller.ts';
import type { QueryParams } from '../protocol/query.ts';
import type { XmlTree } from '../protocol/xml.ts';
import {
  describeAvailabilityZones,
  describeInstanceTypeOfferings,
  describeInstanceTypes,
  describeSpotPriceHistory,
} from './catalogue.ts';
import { createTags, namesInstances, terminateInstances } from './change-instances.ts';
import { createFleet } from './create-fleet.ts';
import { describeFleets } from './describe-fleets.ts';
import { createPlacementGroup, deletePlacementGroup, describePlacementGroups } from './placement-groups.ts';
import { describeSubnets } from './subnets.ts';
import { getSpotPlacementScores } from './placement-scores.ts';
import { describeCapacityReservations } from './reservations.ts';
import { describeInstances } from './describe-instances.ts';
import { describeInstanceStatus } from './instance-status.ts';

/** An EC2 action that the fleet simulates. */
export type Ec2Action = (params: QueryParams, caller: Caller, context: FleetContext) => Promise<XmlTree>;

const ACTIONS: Readonly<Record<string, Ec2Action>> = {
  CreateFleet: createFleet,
  DescribeFleets: describeFleets,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  TerminateInstances: terminateInstances,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeSpotPriceHistory: describeSpotPriceHistory,
  DescribeAvailabilityZones: describeAvailabilityZones,
  GetSpotPlacementScores: getSpotPlacementScores,
  CreatePlacementGroup: createPlacementGroup,
  DeletePlacementGroup: deletePlacementGroup,
  DescribePlacementGroups: describePlacementGroups,
  DescribeCapacityReservations: describeCapacityReservations,
};

/** The simulated action of a request; undefined where the rest of the cloud serves it. */
export function ec2Action(name: string, params: QueryParams, { cloud }: FleetContext): Ec2Action | undefined {
  if (name === 'DescribeSubnets' && cloud.ownSubnets !== undefined) {
    return describeSubnets;
  }
  return name === 'CreateTags' && namesInstances(params) ? createTags : ACTIONS[name];
}
