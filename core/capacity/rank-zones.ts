import type { Market } from '../job/job.ts';
import type { PoolRequest } from './gang.ts';
import type { Prospects } from './prospects.ts';
import type { ZoneScore } from './score.ts';
import { compareZones, scoreZone } from './score.ts';

/** Zones in which `need` machines of a pool may be asked for now, the best first. */
export function rankZones(prospects: Prospects, pool: PoolRequest, market: Market, need: number, zones: readonly string[]): readonly ZoneScore[] {
  const open = prospects.open(pool, market, need, zones);
  return [...new Set(open.map(({ zone }) => zone))]
    .map((zone) => scoreZone(zone, open, { held: prospects.heldIn(zone), pools: prospects.poolsServedIn(zone), pool: pool.pool }, prospects.view))
    .toSorted(compareZones);
}
