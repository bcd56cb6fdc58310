import { EC2Client, paginateDescribeCapacityReservations, type CapacityReservation } from '@aws-sdk/client-ec2';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import { reservationIds, type ReservationFacts } from './facts.ts';

/** Looks up the capacity reservations of the configuration. Asks nobody when it names none. */
export async function readReservations({ region, namespaces }: DeploymentConfiguration): Promise<ReservationFacts[]> {
  const ids = new Set(reservationIds(namespaces));
  if (ids.size === 0) return [];
  const found: ReservationFacts[] = [];
  // All of them: an id that is unknown fails a call that names it, and there is no filter by id.
  for await (const { CapacityReservations = [] } of paginateDescribeCapacityReservations({ client: new EC2Client({ region }) }, {})) {
    found.push(...CapacityReservations.filter(({ CapacityReservationId = '' }) => ids.has(CapacityReservationId)).map(toFacts));
  }
  return found;
}

function toFacts(found: CapacityReservation): ReservationFacts {
  return {
    reservationId: found.CapacityReservationId ?? '', state: found.State ?? '', zone: found.AvailabilityZone ?? '',
    instanceType: found.InstanceType ?? '', total: found.TotalInstanceCount ?? 0,
    kind: {
      platform: found.InstancePlatform, tenancy: found.Tenancy, type: found.ReservationType, isInterruptible: found.Interruptible,
      placementGroup: found.PlacementGroupArn, outpost: found.OutpostArn,
    },
  };
}
