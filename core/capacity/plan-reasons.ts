import type { EpochMs } from '../job/ids.ts';
import type { Market } from '../job/job.ts';
import type { GangRequest, LaunchRecord, PlannedLaunch } from './gang.ts';
import { progressOf } from './launch-progress.ts';
import type { MarketView } from './market-view.ts';
import { scoreKey } from './market-view.ts';
import { Prospects } from './prospects.ts';
import { rankZones } from './rank-zones.ts';
import type { ZoneCriterion, ZoneScore } from './score.ts';
import { decidingCriterion } from './score.ts';

/** What put a launch at its place after those before it, in words: read from what decides, not decided again. */
export function whyLaunch(gang: GangRequest, before: readonly LaunchRecord[], launch: PlannedLaunch, view: MarketView, nowMs: EpochMs): string {
  const prospects = new Prospects(gang, progressOf(gang, before), view, nowMs);
  const { missing } = prospects.progress;
  const wanted = missing.find(({ pool }) => pool.pool === launch.pool)?.count ?? launch.count;
  const isForAll = isLastForAll(prospects, launch, wanted);
  return [...(missing.length > 1 ? ['scarcest pool first'] : []), extent(launch, wanted, isForAll), ...zoneReason(prospects, launch, wanted, isForAll)].join('; ');
}

const marketWords: Readonly<Record<Market, string>> = { spot: 'on Spot', 'on-demand': 'on demand', reserved: 'from reserved capacity' };

function extent({ market, minimum, count, zones }: PlannedLaunch, wanted: number, isForAll: boolean): string {
  const where = marketWords[market];
  if (market === 'reserved') return count === wanted ? `all ${where}` : `${count} of ${wanted} ${where}`;
  if (zones.length > 1) return `${where}, EC2 chooses among ${zones.length} zones`;
  if (minimum === count) return `all ${where} in one zone`;
  return isForAll ? `all ${where} in one zone, or what it has` : `what the zone has ${where}`;
}

/** Whether this is the one zone left that may have all that is wanted: one call asks it for all, or for what it has. */
function isLastForAll(prospects: Prospects, { pool: name, market, minimum, count, zones: [zone] }: PlannedLaunch, wanted: number): boolean {
  const pool = prospects.gang.pools.find((each) => each.pool === name);
  if (pool === undefined || market === 'reserved' || prospects.gang.spread !== 'Prefer' || minimum === count || count < wanted) return false;
  const ranking = rankZones(prospects, pool, market, wanted, prospects.zones);
  return ranking.length === 1 && ranking[0]?.zone === zone;
}

function zoneReason(prospects: Prospects, { pool: name, market, minimum, count, zones: [zone, ...more] }: PlannedLaunch, wanted: number, isForAll: boolean): string[] {
  const pool = prospects.gang.pools.find((each) => each.pool === name);
  if (pool === undefined || zone === undefined || more.length > 0) return [];
  const ranking = rankZones(prospects, pool, market, isForAll ? wanted : minimum, prospects.zones);
  const place = ranking.findIndex((score) => score.zone === zone);
  const [chosen, next] = [ranking[place], ranking[place + 1]];
  if (chosen === undefined) return [];
  const lacking = market === 'reserved' && count === wanted ? 'have not so much reserved' : 'cannot take every pool';
  const passed = place === 0 ? [] : [`better zones ${lacking}`];
  if (next === undefined) return ranking.length === 1 ? [`no zone but ${zone} is open`] : passed;
  return [...passed, `${zone} before ${next.zone}: ${comparison(chosen, next, (score) => prospects.view.placementScores?.get(scoreKey(name, score.zone)))}`];
}

/** What EC2 has scored a zone for the pool, if it has. */
type ScoreOf = (zone: ZoneScore) => number | undefined;

const criterionWords: Readonly<Record<ZoneCriterion, (chosen: ZoneScore, next: ZoneScore, scoreOf: ScoreOf) => string>> = {
  held: ({ held }) => `${held} of the job’s machines stand there`,
  pools: ({ pools }, next) => `${pools} missing pools could be had there whole, against ${next.pools}`,
  repeatedFailures: () => 'fewer failures of our own',
  offerings: ({ offerings }, next) => `${offerings} types to choose from, against ${next.offerings}`,
  priceStep: (chosen, next) => `cheaper, ${usd(chosen)} against ${usd(next)} USD/h a node`,
  chances: (chosen, next, scoreOf) => `placement score ${scoreOf(chosen) ?? 'unknown'} against ${scoreOf(next) ?? 'unknown'}, at about the same price`,
  interruptions: () => 'Spot machines of its types are taken back less often',
  microUsdPerHour: (chosen, next) => `cheaper, ${usd(chosen)} against ${usd(next)} USD/h a node`,
};

function comparison(chosen: ZoneScore, next: ZoneScore, scoreOf: ScoreOf): string {
  const criterion = decidingCriterion(chosen, next);
  return criterion === undefined ? 'equal but for the name' : criterionWords[criterion](chosen, next, scoreOf);
}

const usd = ({ microUsdPerHour }: ZoneScore): string => String(Number((microUsdPerHour / 1e6).toFixed(4)));
