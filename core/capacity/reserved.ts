import type { LaunchCandidate, PoolRequest } from './gang.ts';
import { reservationsOf, reservedRoom } from './market-view.ts';
import type { Offering } from './offering.ts';
import type { Prospects } from './prospects.ts';
import { rankZones } from './rank-zones.ts';
import type { ZoneScore } from './score.ts';

/**
 * What a pool takes of its namespace's reservations: all that it misses where one zone has it, else what the best zone
 * has, for the other markets to fill. EC2 has no minimum for reserved capacity, so such a launch is never all or nothing.
 */
export function reservedLaunch(prospects: Prospects, pool: PoolRequest, missing: number, zones: readonly string[]): LaunchCandidate | undefined {
  const shares = rankZones(prospects, pool, 'reserved', 1, zones).map((score) => shareOf(prospects, pool, score));
  const whole = shares.find(({ room }) => room >= missing);
  const share = whole ?? shares.find(({ zone }) => prospects.gang.spread !== 'Single' || restIsOpen(prospects, pool, zone));
  if (share === undefined) return undefined;
  const { zone, instanceTypes, room } = share;
  const reservations = instanceTypes.flatMap((instanceType) => reservationsOf({ instanceType, zone }, prospects.view)).map(({ reservationId }) => reservationId);
  return { market: 'reserved', instanceTypes, zones: [zone], count: Math.min(missing, room), minimum: 1, reservations };
}

interface Share {
  readonly zone: string;
  readonly instanceTypes: readonly string[];
  readonly room: number;
}

/** What a zone has for a pool. EC2 cannot be told to use one type only here, so a pool of one type names the one with most room. */
function shareOf(prospects: Prospects, pool: PoolRequest, { zone }: ZoneScore): Share {
  const open = prospects.open(pool, 'reserved', 1, [zone]);
  const roomOf = ({ instanceType }: Offering): number => reservedRoom({ instanceType, zone }, prospects.view);
  const used = pool.mix === 'Any' ? open : open.toSorted((a, b) => roomOf(b) - roomOf(a)).slice(0, 1);
  const types = new Set(used.map(({ instanceType }) => instanceType));
  const room = Math.min(used.reduce((sum, offering) => sum + roomOf(offering), 0), prospects.addressesIn(zone));
  return { zone, instanceTypes: pool.instanceTypes.filter((type) => types.has(type)), room };
}

/** A part makes sense in one zone only where another market may fill the rest. */
function restIsOpen(prospects: Prospects, pool: PoolRequest, zone: string): boolean {
  return prospects.marketsOf(pool).some((market) => market !== 'reserved' && prospects.open(pool, market, 1, [zone]).length > 0);
}
