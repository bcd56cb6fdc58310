import { unfitForNodes } from '../../core/capacity/reservation-kind.ts';
import { zonesOf } from '../../lib/configuration/network.ts';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import { reservationIds, type ReservationFacts } from './facts.ts';
import { ok, warn, type Finding } from './finding.ts';

/** States that end in `active` by themselves. */
const comingStates = ['pending', 'assessing', 'scheduled', 'delayed'];

/** Capacity reservations: each exists, is active, of a kind that nodes can use, in a zone where they run. Jobs run without any. */
export function checkReservations({ namespaces, network, region }: DeploymentConfiguration, facts: readonly ReservationFacts[]): Finding[] {
  const zones = zonesOf(network, region);
  return reservationIds(namespaces).map((id) => {
    const found = facts.find(({ reservationId }) => reservationId === id);
    return found === undefined
      ? notUsed(`${id} does not exist in ${region}, or is not shared with this account`, 'Name another in capacityReservations.')
      : checkReservation(found, zones);
  });
}

function checkReservation({ reservationId, state, kind, zone, instanceType, total }: ReservationFacts, zones: readonly string[]): Finding {
  const unfit = unfitForNodes(kind);
  if (unfit !== undefined) return notUsed(`${reservationId} ${unfit}`, 'Name an ordinary one for Linux, in no placement group.');
  if (!zones.includes(zone)) return notUsed(`${reservationId} is in ${zone}, where no node runs`, `Add ${zone} to the network, or name another.`);
  if (state !== 'active') {
    const isComing = comingStates.includes(state);
    return notUsed(`${reservationId} is ${state}`, isComing ? 'Jobs use it as soon as it is active.' : 'Name another in capacityReservations.');
  }
  return ok('capacity reservation', `${reservationId}: ${total} of ${instanceType} in ${zone}`);
}

const notUsed = (detail: string, wayOut: string): Finding => warn('capacity reservation', detail, wayOut);
