import type { FleetContext } from '../context.ts';
import { zoneId } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import type { Reservation } from '../market/scenario.ts';
import { holdsCapacity } from '../model.ts';
import type { FleetOverride, Instance } from '../model.ts';
import { page } from '../protocol/paging.ts';
import { number, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';
import { fitsFilters } from './filters.ts';

/** Slots of one reservation. */
export interface Slots {
  readonly reservationId: string;
  readonly count: number;
}

/** How many slots of each reservation no instance holds. */
export function freeByReservation(reservations: readonly Reservation[], instances: readonly Instance[]): Map<string, number> {
  const holders = Map.groupBy(instances.filter(holdsCapacity), ({ capacityReservationId }) => capacityReservationId);
  return new Map(reservations.map(({ id, total }) => [id, Math.max(0, total - (holders.get(id)?.length ?? 0))]));
}

/** Up to `count` free slots for a pool, in the order of the reservations. */
export function slotsFor(
  { type, zone }: FleetOverride,
  count: number,
  reservationIds: readonly string[],
  reservations: readonly Reservation[],
  free: ReadonlyMap<string, number>,
): Slots[] {
  const fitting = reservations.filter((known) => known.type === type && known.zone === zone && reservationIds.includes(known.id));
  let missing = count;
  return fitting
    .map(({ id }) => {
      const taken = Math.min(missing, free.get(id) ?? 0);
      missing -= taken;
      return { reservationId: id, count: taken };
    })
    .filter((slots) => slots.count > 0);
}

/** The reservations with `ids`; throws as EC2 does where one does not exist. */
export function findReservations(ids: readonly string[], { market }: FleetContext): Reservation[] {
  return ids.map((id) => {
    const found = market.scenario.reservations.find((known) => known.id === id);
    if (found === undefined) {
      throw /^cr-[0-9a-f]{8,17}$/.test(id)
        ? new ServiceError('InvalidCapacityReservationId.NotFound', `The capacity reservation ID '${id}' does not exist`)
        : new ServiceError('InvalidCapacityReservationId.Malformed', `Invalid id: "${id}"`);
    }
    return found;
  });
}

/** `DescribeCapacityReservations` */
export async function describeCapacityReservations(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeCapacityReservations');
  const ids = texts(params, 'CapacityReservationId');
  const named = ids.length === 0 ? context.market.scenario.reservations : findReservations(ids, context);
  const fitting = named.filter((reservation) => fitsFilters(params, filterValues(reservation, caller)));
  const { items, nextToken } = page(fitting, ({ id }) => id, text(params, 'NextToken'), number(params, 'MaxResults') ?? 1000, 'InvalidNextToken');
  const free = freeByReservation(context.market.scenario.reservations, context.instances.values());
  const openedAt = new Date(context.market.wallTimeMs(0));
  return { capacityReservationSet: items.map((reservation) => writeReservation(reservation, free.get(reservation.id) ?? 0, openedAt, caller)), nextToken };
}

function filterValues({ type, zone, matching }: Reservation, caller: Caller): Readonly<Record<string, readonly string[]>> {
  return {
    'instance-type': [type],
    'availability-zone': [zone],
    'availability-zone-id': [zoneId(zone)],
    'owner-id': [caller.account],
    'instance-match-criteria': [matching],
    'instance-platform': ['Linux/UNIX'],
    'end-date-type': ['unlimited'],
    tenancy: ['default'],
    state: ['active'],
  };
}

function writeReservation({ id, type, zone, total, matching }: Reservation, free: number, openedAt: Date, { account, region }: Caller): XmlTree {
  return {
    capacityReservationId: id,
    ownerId: account,
    capacityReservationArn: `arn:aws:ec2:${region}:${account}:capacity-reservation/${id}`,
    availabilityZoneId: zoneId(zone),
    availabilityZone: zone,
    instanceType: type,
    instancePlatform: 'Linux/UNIX',
    tenancy: 'default',
    totalInstanceCount: total,
    availableInstanceCount: free,
    ebsOptimized: false,
    ephemeralStorage: false,
    state: 'active',
    startDate: openedAt,
    createDate: openedAt,
    endDateType: 'unlimited',
    instanceMatchCriteria: matching,
    reservationType: 'default',
    tagSet: [],
  };
}
