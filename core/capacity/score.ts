import type { Cooldown, Offering } from './offering.ts';
import { scopeKey } from './offering.ts';
import type { MarketView } from './market-view.ts';
import { priceOf } from './market-view.ts';

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
  /** Cheapest offering per hour. */
  readonly microUsdPerHour: number;
}

/** What is compared, the weightiest first, and whether more of it is better or less. */
const criteria = [
  ['held', 'more'],
  ['pools', 'more'],
  ['repeatedFailures', 'less'],
  ['offerings', 'more'],
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

/** Scores a zone by the offerings that are open there. */
export function scoreZone(zone: string, open: readonly Offering[], context: { readonly held: number; readonly pools: number }, view: MarketView): ZoneScore {
  const here = open.filter((offering) => offering.zone === zone);
  const failures = failuresByOffering(view.cooldowns);
  return {
    zone,
    ...context,
    repeatedFailures: here.length === 0 ? 0 : Math.min(...here.map((offering) => Math.max(0, (failures.get(scopeKey({ kind: 'offering', offering })) ?? 0) - 1))),
    offerings: here.length,
    microUsdPerHour: Math.min(...here.map((offering) => priceOf(offering, view))),
  };
}

function failuresByOffering(cooldowns: readonly Cooldown[]): Map<string, number> {
  return new Map(cooldowns.map(({ scope, failures }) => [scopeKey(scope), failures]));
}
