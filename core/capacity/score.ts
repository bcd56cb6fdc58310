import type { InterruptionBand } from '../ports/market-knowledge.ts';
import type { Cooldown, Offering } from './offering.ts';
import { scopeKey } from './offering.ts';
import type { MarketView } from './market-view.ts';
import { priceOf, scoreKey } from './market-view.ts';

/** What speaks for a zone, from the weightiest on; compared one by one. */
export interface ZoneScore {
  readonly zone: string;
  /** Machines of the gang that stand there already: a job keeps together. */
  readonly held: number;
  /** Pools of the gang that could be had there whole. */
  readonly pools: number;
  /** Our own failures there since the last success, but the first: one says no more than never having tried. */
  readonly repeatedFailures: number;
  /** Offerings to choose from. */
  readonly offerings: number;
  /** Cheapest offering per hour, in steps of a tenth: prices so close are as good as equal. */
  readonly priceStep: number;
  /** What EC2 says of the chances of Spot: 0 for little or not known, 1, 2. A low one is no evidence, only others are better. */
  readonly chances: number;
  /** How often Spot machines of its steadiest type are taken back: 0 for seldom or not known, to 4. */
  readonly interruptions: number;
  /** Cheapest offering per hour. */
  readonly microUsdPerHour: number;
}

/** What is compared, the weightiest first, and whether more of it is better or less. */
const criteria = [
  ['held', 'more'],
  ['pools', 'more'],
  ['repeatedFailures', 'less'],
  ['offerings', 'more'],
  ['priceStep', 'less'],
  ['chances', 'more'],
  ['interruptions', 'less'],
  ['microUsdPerHour', 'less'],
] as const satisfies readonly (readonly [keyof ZoneScore, 'more' | 'less'])[];

export type ZoneCriterion = (typeof criteria)[number][0];

/** What puts one zone before another; `undefined` where only their names do. */
export function decidingCriterion(a: ZoneScore, b: ZoneScore): ZoneCriterion | undefined {
  return criteria.find(([key]) => a[key] !== b[key])?.[0];
}

/** Best zone first; a total order, so that the same input gives the same plan. */
export function compareZones(a: ZoneScore, b: ZoneScore): number {
  for (const [key, better] of criteria) {
    if (a[key] !== b[key]) return better === 'more' ? b[key] - a[key] : a[key] - b[key];
  }
  return a.zone < b.zone ? -1 : Number(a.zone > b.zone);
}

/** What speaks for a zone beside its offerings, and which pool is asked for. */
export interface ZoneContext {
  readonly held: number;
  readonly pools: number;
  readonly pool: string;
}

/** Scores a zone by the offerings that are open there. */
export function scoreZone(zone: string, open: readonly Offering[], context: ZoneContext, view: MarketView): ZoneScore {
  const here = open.filter((offering) => offering.zone === zone);
  const failures = failuresByOffering(view.cooldowns);
  const microUsdPerHour = Math.min(...here.map((offering) => priceOf(offering, view)));
  const { held, pools, pool } = context;
  return {
    zone,
    held,
    pools,
    repeatedFailures: here.length === 0 ? 0 : Math.min(...here.map((offering) => Math.max(0, (failures.get(scopeKey({ kind: 'offering', offering })) ?? 0) - 1))),
    offerings: here.length,
    priceStep: stepOf(microUsdPerHour),
    chances: onSpot(here) ? chancesOf(view.placementScores?.get(scoreKey(pool, zone))) : 0,
    interruptions: onSpot(here) ? Math.min(...here.map(({ instanceType }) => bandOf(view.interruptionBands?.get(instanceType)))) : 0,
    microUsdPerHour,
  };
}

const onSpot = (offerings: readonly Offering[]): boolean => offerings.some(({ market }) => market === 'spot');

/** Prices within a tenth of each other are mostly in the same step. */
function stepOf(microUsd: number): number {
  return microUsd > 0 ? Math.round(Math.log(microUsd) / Math.log(1.1)) : 0;
}

/** Scores are rough and as of hours ago: more than good, middling and the rest would say too much. */
function chancesOf(score = 0): number {
  if (score >= 8) return 2;
  return score >= 4 ? 1 : 0;
}

const bands: readonly InterruptionBand[] = ['<5%', '5-10%', '10-15%', '15-20%', '>20%'];

function bandOf(band: InterruptionBand | undefined): number {
  return band === undefined ? 0 : bands.indexOf(band);
}

function failuresByOffering(cooldowns: readonly Cooldown[]): Map<string, number> {
  return new Map(cooldowns.map(({ scope, failures }) => [scopeKey(scope), failures]));
}
