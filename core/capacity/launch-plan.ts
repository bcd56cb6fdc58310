import type { EpochMs } from '../job/ids.ts';
import { instanceId } from '../job/ids.ts';
import type { CapacityPlan } from '../ports/capacity-provider.ts';
import { usdText } from './budget.ts';
import type { GangRequest, LaunchedInstance, LaunchRecord, PlannedLaunch, PoolRequest } from './gang.ts';
import { endFor } from './half-open.ts';
import { whyImpossible } from './impossible.ts';
import { nextStep } from './launch-order.ts';
import type { MarketView } from './market-view.ts';
import { offeringsOf, priceOf, zonesFor } from './market-view.ts';
import { limitsOf } from './plan-limits.ts';
import { whyLaunch } from './plan-reasons.ts';
import { whenToTryAgain } from './retry-time.ts';

/** A plan is for people: it names this many launches, and says that there are more. */
const MOST_LAUNCHES_SHOWN = 100;

/**
 * What would be tried for a gang, in order: per pool every launch that is made while nothing is found. Costs at most are
 * those of the dearest types, on demand or on Spot where that is known to cost more, so that no bill is a surprise.
 */
export function planLaunches(gang: GangRequest, heldSeconds: number, view: MarketView, nowMs: EpochMs): CapacityPlan {
  const launches = launchesInOrder(gang, view, nowMs);
  const maxMicroUsdPerHour = gang.pools.reduce((sum, pool) => sum + pool.count * dearest(pool, view), 0);
  return {
    launches,
    cooling: whenToTryAgain(gang, view, nowMs).cooldowns.filter((cooldown) => endFor(cooldown, view.asksEarly === true) > nowMs),
    maxMicroUsdPerHour,
    maxMicroUsdPerAttempt: Math.ceil((maxMicroUsdPerHour * heldSeconds) / 3600),
    limits: limitsOf(gang, view),
    without: view.without ?? [],
    notes: [...notesOn(gang, view), ...budgetNote(gang, maxMicroUsdPerHour), ...(launches.length === MOST_LAUNCHES_SHOWN ? ['more launches would follow'] : [])],
  };
}

/** Plays the acquisition pool by pool: first the pool is found nowhere, which shows its tries; then at once, and the next one follows. */
function launchesInOrder(gang: GangRequest, view: MarketView, nowMs: EpochMs): CapacityPlan['launches'][number][] {
  let found: readonly LaunchRecord[] = [];
  const launches: CapacityPlan['launches'][number][] = [];
  for (let pools = 0; pools < gang.pools.length; pools++) {
    const tries = triesOfNextPool(gang, found, MOST_LAUNCHES_SHOWN - launches.length, view, nowMs);
    const [first] = tries;
    if (!first) break;
    launches.push(...tries.map((launch, index) => explained(gang, [...found, ...tries.slice(0, index)], launch, view, nowMs)));
    found = [...found, { ...first, requestedAtMs: nowMs, result: { launched: imagined(gang, first), unavailable: [] } }];
  }
  return launches;
}

function triesOfNextPool(gang: GangRequest, found: readonly LaunchRecord[], most: number, view: MarketView, nowMs: EpochMs): LaunchRecord[] {
  const tries: LaunchRecord[] = [];
  while (tries.length < most) {
    const step = nextStep(gang, [...found, ...tries], found.length + tries.length + 1, view, nowMs);
    if (step.kind !== 'launch' || (tries[0] && tries[0].pool !== step.launch.pool)) return tries;
    tries.push({ ...step.launch, requestedAtMs: nowMs, result: { launched: [], unavailable: [] } });
  }
  return tries;
}

function explained(gang: GangRequest, before: readonly LaunchRecord[], launch: LaunchRecord, view: MarketView, nowMs: EpochMs): CapacityPlan['launches'][number] {
  const { pool, count, market, instanceTypes, zones } = launch;
  const prices = zones.flatMap((zone) => instanceTypes.map((instanceType) => priceOf({ instanceType, zone, market }, view)));
  return { pool, count, market, instanceTypes, zones, why: whyLaunch(gang, before, launch, view, nowMs), microUsdPerHour: count * Math.max(0, ...prices) };
}

/** The pool whole, in the first of its places: a launch alone may be for a part of it. */
function imagined({ pools }: GangRequest, { ordinal, pool, market, instanceTypes: [instanceType = ''], zones: [zone = ''] }: PlannedLaunch): LaunchedInstance[] {
  const length = pools.find((each) => each.pool === pool)?.count ?? 0;
  return Array.from({ length }, (_, index) => ({ instanceId: instanceId(`imagined-${ordinal}-${index}`), instanceType, zone, market }));
}

/** The price list caps Spot; should history say more than the list, that counts. */
function dearest(pool: PoolRequest, view: MarketView): number {
  const listed = pool.instanceTypes.map((type) => view.types.get(type)?.microUsdPerHour ?? 0);
  const offered = offeringsOf(pool, Object.keys(view.subnets)).map((offering) => priceOf(offering, view));
  return Math.max(0, ...listed, ...offered);
}

/** Replacements of lost nodes and prices that rise later are beyond the budget of a launch, so that it is no bound on the bill. */
function budgetNote({ maxMicroUsdPerHour: budget }: GangRequest, mostMicroUsd: number): string[] {
  return budget === undefined || budget >= mostMicroUsd ? [] : [`launches stay within ${usdText(budget)} USD per hour at the prices known then`];
}

function notesOn(gang: GangRequest, view: MarketView): string[] {
  const types = [...new Set(gang.pools.flatMap(({ instanceTypes }) => instanceTypes))];
  const impossible = whyImpossible(gang, view);
  return [
    ...(impossible ? [impossible.message] : []),
    ...types.filter((type) => !view.types.has(type)).map((type) => `${type} is not offered in ${gang.region}`),
    ...types.filter((type) => view.types.get(type)?.microUsdPerHour === 0).map((type) => `the list price of ${type} is not known: it counts as 0`),
    ...gang.zones.filter((zone) => view.subnets[zone] === undefined).map((zone) => `the deployment has no subnet in ${zone}`),
    ...zonesWithout(gang, view),
  ];
}

function zonesWithout(gang: GangRequest, view: MarketView): string[] {
  const zones = zonesFor(gang, view);
  return gang.pools.flatMap((pool) => {
    const without = zones.filter((zone) => !offeringsOf(pool, [zone]).some(({ instanceType }) => view.types.get(instanceType)?.zones.includes(zone)));
    return without.length === 0 ? [] : [`pool ${pool.pool}: none of its types is offered in ${without.join(', ')}`];
  });
}
