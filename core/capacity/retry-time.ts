import type { EpochMs, JobId } from '../job/ids.ts';
import { epochMs } from '../job/ids.ts';
import { priceCeiling } from './budget.ts';
import type { GangRequest, PoolRequest } from './gang.ts';
import { progressOf } from './launch-progress.ts';
import { LONGEST_COOLDOWN_MS } from './cooldown.ts';
import type { MarketView } from './market-view.ts';
import { freeAddressesIn, offeringsOf, zonesFor } from './market-view.ts';
import type { Cooldown } from './offering.ts';
import { scopeKey } from './offering.ts';
import { addressed, affordable, notCooling, screen, served, withinQuotas } from './screen.ts';
import type { Screening } from './screen.ts';

/** Jobs that wait for the same account to be left in peace come back spread over this long. */
const ACCOUNT_SPREAD_MS = 5000;
/** What is waited for is kept with each parked job, and answers are small: of more that end together the first say enough. */
const MOST_WAITED_FOR = 6;

interface Retry {
  readonly untilMs: EpochMs;
  readonly cooldowns: readonly Cooldown[];
  /** Keys of the scopes whose cooldowns end then: whichever cools no more before gives it something to try. */
  readonly waitsFor?: readonly string[];
  /** That time is the end of none of them. */
  readonly byClock?: true;
}

/**
 * When a gang that stayed short has something to try again: as soon as every pool has an offering that no longer cools
 * (in the same zone, for a job of one zone), as far as addresses and its budget allow it, and the cooldowns that it waits for. Nobody knows when a pause ends: one
 * that waits for that alone looks again when the longest cooldown would be over. Quotas that the job does not hold stay
 * out of it: the next turn may bring them, but until what it could use cools no more it would be in vain all the same.
 */
export function whenToTryAgain(gang: GangRequest, view: MarketView, nowMs: EpochMs): Retry {
  const zones = zonesFor(gang, view);
  const alternatives = gang.spread === 'Single' ? zones.map((zone) => [zone]) : [zones];
  const untilMs = Math.min(...alternatives.map((among) => Math.max(...gang.pools.map((pool) => poolOpensAt(gang, pool, among, view, nowMs)))));
  const cooldowns = new Map(gang.pools.flatMap((pool) => coolingOf(gang, pool, zones, view, nowMs)).map((cooldown) => [scopeKey(cooldown.scope), cooldown]));
  const forAccount = [...cooldowns.values()].some(({ scope }) => scope.kind === 'account');
  const byClock = untilMs <= nowMs || !Number.isFinite(untilMs);
  const opensAtMs = byClock ? nowMs + view.patienceMs : untilMs;
  const opening = [...cooldowns].filter(([, cooldown]) => endOf(cooldown, nowMs) === untilMs).map(([key]) => key);
  const waits = byClock ? ({ byClock } as const) : { waitsFor: opening.slice(0, MOST_WAITED_FOR) };
  return { untilMs: epochMs(opensAtMs + (forAccount ? spreadMs(gang.jobId) : 0)), cooldowns: [...cooldowns.values()], ...waits };
}

function endOf({ untilMs, pausedBy }: Cooldown, nowMs: EpochMs): number {
  return pausedBy === undefined ? untilMs : nowMs + LONGEST_COOLDOWN_MS;
}

/** How many machines a launch of the pool asks for at least. */
const needOf = (gang: GangRequest, pool: PoolRequest): number => (gang.spread === 'Single' ? pool.count : 1);

function screenPool(gang: GangRequest, pool: PoolRequest, zones: readonly string[], view: MarketView, nowMs: EpochMs): Screening {
  const need = needOf(gang, pool);
  const ceiling = priceCeiling(gang, progressOf(gang, []), pool, view);
  const known = [served(view, pool, gang), withinQuotas(gang), addressed((zone) => freeAddressesIn(zone, view), need), ...(ceiling === undefined ? [] : [affordable(view, ceiling)])];
  return screen(offeringsOf(pool, zones), [...known, notCooling({ ...view, asksEarly: false }, need, true, nowMs)]);
}

function poolOpensAt(gang: GangRequest, pool: PoolRequest, zones: readonly string[], view: MarketView, nowMs: EpochMs): number {
  const { kept, rejected } = screenPool(gang, pool, zones, view, nowMs);
  if (kept.length > 0) return nowMs;
  return Math.min(...rejected.map(({ rejection }) => (rejection.code === 'cooling' ? endOf(rejection.cooldown, nowMs) : Infinity)));
}

function coolingOf(gang: GangRequest, pool: PoolRequest, zones: readonly string[], view: MarketView, nowMs: EpochMs): Cooldown[] {
  const { rejected } = screenPool(gang, pool, zones, view, nowMs);
  return rejected.flatMap(({ rejection }) => (rejection.code === 'cooling' ? [rejection.cooldown] : []));
}

/** The same job always gets the same delay: FNV-1a over its id. */
function spreadMs(jobId: JobId): number {
  let hash = 0x811c9dc5;
  for (const character of jobId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash % ACCOUNT_SPREAD_MS;
}
