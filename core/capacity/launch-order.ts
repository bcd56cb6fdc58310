import type { EpochMs } from '../job/ids.ts';
import type { Market } from '../job/job.ts';
import type { GangRequest, LaunchRecord, PlannedLaunch, PoolRequest } from './gang.ts';
import type { HeldInstance, LaunchProgress } from './launch-progress.ts';
import { progressOf } from './launch-progress.ts';
import { priceCeiling } from './budget.ts';
import type { MarketView } from './market-view.ts';
import { marketsOf, offeringsOf } from './market-view.ts';
import type { Cooldown, Offering } from './offering.ts';
import { compareZones, scoreZone } from './score.ts';
import type { Filter } from './screen.ts';
import { affordable, notCooling, notTried, screen, served } from './screen.ts';
import { whenToTryAgain } from './retry-time.ts';
import { whyImpossible } from './impossible.ts';

/** EC2 keeps `MinTargetCapacity` within one call up to this many instances. */
export const MOST_PER_LAUNCH = 1000;
/** A turn that has made so many calls is over: no market needs more, and the calls are everybody's. */
export const MOST_LAUNCHES_PER_TURN = 120;

/** What an acquisition does next. Answers follow from the records alone: whoever comes after a crash goes on. */
export type AcquisitionStep =
  /** A launch whose answer is not known is made again. */
  | { readonly kind: 'settle'; readonly launch: LaunchRecord }
  | { readonly kind: 'launch'; readonly launch: PlannedLaunch }
  /** What is held cannot be completed where it stands: give it up after `last` and go on elsewhere. */
  | { readonly kind: 'backtrack'; readonly last: LaunchRecord }
  | { readonly kind: 'acquired'; readonly held: readonly HeldInstance[] }
  /** Nothing more can be tried now. `last` is the turn's last launch, if it made any: all up to it is given up. */
  | {
      readonly kind: 'short';
      readonly last?: LaunchRecord;
      readonly shortfall: number;
      readonly untilMs: EpochMs;
      readonly cooldowns: readonly Cooldown[];
    }
  | { readonly kind: 'rejected'; readonly last?: LaunchRecord; readonly code: string; readonly message: string };

interface Deliberation {
  readonly gang: GangRequest;
  readonly progress: LaunchProgress;
  readonly view: MarketView;
  readonly nowMs: EpochMs;
  /** Zones in which this try may still launch. */
  readonly zones: readonly string[];
}

type Candidate = Pick<PlannedLaunch, 'market' | 'instanceTypes' | 'zones' | 'count' | 'minimum'>;

/**
 * Decides the next step towards a gang. The order is that of docs/capacity.md: per pool, the scarcest first, Spot whole
 * in one zone; Spot packed into few zones where the job may be spread; on-demand for what is missing, whole and then
 * packed. Every answered launch either brings machines or rules offerings out, so a turn ends.
 *
 * @param records all launches of the attempt for this gang, replacements left out
 * @param nextOrdinal the number of the next launch of the attempt
 */
export function nextStep(gang: GangRequest, records: readonly LaunchRecord[], nextOrdinal: number, view: MarketView, nowMs: EpochMs): AcquisitionStep {
  const progress = progressOf(gang, records);
  const last = progress.turn.at(-1);
  if (progress.open) return { kind: 'settle', launch: progress.open };
  const refused = progress.turn.find(({ result }) => result?.rejected !== undefined)?.result?.rejected ?? whyImpossible(gang, view);
  if (refused) return { kind: 'rejected', ...(last ? { last } : {}), ...refused };
  if (progress.missing.length === 0) return { kind: 'acquired', held: progress.held };

  const launch = progress.turn.length < MOST_LAUNCHES_PER_TURN ? chooseLaunch(gang, progress, view, nowMs) : undefined;
  if (launch) return { kind: 'launch', launch: plan(gang, launch.pool, launch.candidate, nextOrdinal) };
  if (last && mayTryElsewhere(gang, progress)) return { kind: 'backtrack', last };
  const shortfall = progress.missing.reduce((sum, { count }) => sum + count, 0);
  return { kind: 'short', ...(last ? { last } : {}), shortfall, ...whenToTryAgain(gang, view, nowMs) };
}

function plan(gang: GangRequest, pool: PoolRequest, candidate: Candidate, ordinal: number): PlannedLaunch {
  const { jobId, attempt } = gang;
  return { jobId, attempt, ordinal, pool: pool.pool, ...candidate, clientToken: `${jobId}-${attempt}-${ordinal}` };
}

/** The next launch of the scarcest pool, provided that every missing pool still has something to try. */
function chooseLaunch(gang: GangRequest, progress: LaunchProgress, view: MarketView, nowMs: EpochMs): { pool: PoolRequest; candidate: Candidate } | undefined {
  const everywhere = { gang, progress, view, nowMs, zones: zonesOfTry(gang, progress, view) };
  const here = gang.spread === 'Single' ? { ...everywhere, zones: everywhere.zones.filter((zone) => servesAll({ ...everywhere, zones: [zone] })) } : everywhere;
  const choices = progress.missing.map(({ pool, count }) => ({ pool, candidate: firstCandidate(here, pool, count) }));
  if (choices.some(({ candidate }) => candidate === undefined)) return undefined;
  const [scarcest] = choices.toSorted((a, b) => scarcity(here, a.pool) - scarcity(here, b.pool) || size(view, b.pool) - size(view, a.pool));
  return scarcest?.candidate && { pool: scarcest.pool, candidate: scarcest.candidate };
}

function servesAll(where: Deliberation): boolean {
  return where.progress.missing.every(({ pool, count }) => firstCandidate(where, pool, count) !== undefined);
}

/** A job in one zone stays where it stands, and does not come back to a zone in which this turn has failed. */
function zonesOfTry(gang: GangRequest, progress: LaunchProgress, view: MarketView): string[] {
  const zones = Object.keys(view.subnets).filter((zone) => gang.zones.length === 0 || gang.zones.includes(zone)).toSorted();
  if (gang.spread !== 'Single') return zones;
  const home = progress.held[0]?.zone;
  if (home !== undefined) return [home];
  return zones.filter((zone) => !progress.givenUp.some((instance) => instance.zone === zone));
}

/** A pool of one type stays with the type it has, and does not come back to one with which this turn has failed. */
function typesOfTry(pool: PoolRequest, progress: LaunchProgress): readonly string[] {
  if (pool.mix === 'Any') return pool.instanceTypes;
  const held = progress.held.find((instance) => instance.pool === pool.pool);
  if (held) return [held.instanceType];
  const spent = progress.givenUp.filter((instance) => instance.pool === pool.pool).map(({ instanceType }) => instanceType);
  return pool.instanceTypes.filter((type) => !spent.includes(type));
}

/** Giving up helps where a choice was made that can be made otherwise: a zone for the job, a type for a pool. */
function mayTryElsewhere(gang: GangRequest, progress: LaunchProgress): boolean {
  if (progress.held.length === 0) return false;
  const heldPools = new Set(progress.held.map(({ pool }) => pool));
  return gang.spread === 'Single' || gang.pools.some((pool) => pool.mix === 'Same' && pool.instanceTypes.length > 1 && heldPools.has(pool.pool));
}

function firstCandidate(where: Deliberation, pool: PoolRequest, missing: number): Candidate | undefined {
  const count = Math.min(missing, MOST_PER_LAUNCH);
  for (const market of marketsOf(pool)) {
    const candidate = whole(where, pool, market, count) ?? packed(where, pool, market, count);
    if (candidate) return candidate;
  }
  return undefined;
}

/** All that the pool misses in one zone, or nothing: not once packing has begun, since each zone then takes what it has. */
function whole(where: Deliberation, pool: PoolRequest, market: Market, count: number): Candidate | undefined {
  const { gang, progress } = where;
  const packing = progress.attempted.some((launch) => launch.pool === pool.pool && launch.market === market && launch.minimum < launch.count);
  if (gang.spread === 'Any' || packing) return undefined;
  return inBestZone(where, pool, market, count, count);
}

/** What can be had of it: in the best zone, or wherever EC2 finds it when the job may be spread freely. */
function packed(where: Deliberation, pool: PoolRequest, market: Market, count: number): Candidate | undefined {
  switch (where.gang.spread) {
    case 'Prefer':
      return inBestZone(where, pool, market, count, 1);
    case 'Single':
      return market === 'spot' && pool.purchaseOption === 'SpotPreferred' ? inBestZone(completable(where, pool), pool, market, count, 1) : undefined;
    case 'Any': {
      const open = openOfferings(where, pool, market, 1);
      return open.length === 0 ? undefined : { market, instanceTypes: typesOf(open, pool), zones: zonesOf(open), count, minimum: 1 };
    }
  }
}

/** Part of a pool on Spot makes sense in one zone only where on-demand may fill the rest. */
function completable(where: Deliberation, pool: PoolRequest): Deliberation {
  const onDemand = zonesOf(openOfferings(where, pool, 'on-demand', 1));
  return { ...where, zones: where.zones.filter((zone) => onDemand.includes(zone)) };
}

function inBestZone(where: Deliberation, pool: PoolRequest, market: Market, count: number, minimum: number): Candidate | undefined {
  const open = openOfferings(where, pool, market, minimum);
  const [best] = zonesOf(open)
    .map((zone) => scoreZone(zone, open, { held: heldIn(where, zone), pools: poolsServedIn(where, zone) }, where.view))
    .toSorted(compareZones);
  if (!best) return undefined;
  return { market, instanceTypes: typesOf(open.filter(({ zone }) => zone === best.zone), pool), zones: [best.zone], count, minimum };
}

function heldIn({ gang, progress }: Deliberation, zone: string): number {
  return gang.spread === 'Any' ? 0 : progress.held.filter((instance) => instance.zone === zone).length;
}

function poolsServedIn(where: Deliberation, zone: string): number {
  const inZone = { ...where, zones: [zone] };
  return where.progress.missing.filter(({ pool, count }) => marketsOf(pool).some((market) => openOfferings(inZone, pool, market, count).length > 0)).length;
}

/** Offerings of which `need` machines may be asked for now. */
function openOfferings(where: Deliberation, pool: PoolRequest, market: Market, need: number): readonly Offering[] {
  const { gang, progress, view, nowMs } = where;
  const types = typesOfTry(pool, progress);
  const offerings = offeringsOf(pool, where.zones).filter((offering) => offering.market === market && types.includes(offering.instanceType));
  const ceiling = priceCeiling(gang, progress, pool, view);
  const filters: Filter[] = [
    served(view),
    notCooling(view, need, progress.held.length === 0, nowMs),
    notTried(progress.turn, need),
    ...(ceiling === undefined ? [] : [affordable(view, ceiling)]),
  ];
  return screen(offerings, filters).kept;
}

/** The fewer offerings are open to a pool, the scarcer it is. */
function scarcity(where: Deliberation, pool: PoolRequest): number {
  return marketsOf(pool).reduce((sum, market) => sum + openOfferings(where, pool, market, 1).length, 0);
}

function size(view: MarketView, pool: PoolRequest): number {
  return pool.count * Math.max(0, ...pool.instanceTypes.map((type) => view.types.get(type)?.vcpus ?? 0));
}

/** Types in the manifest's order. */
function typesOf(offerings: readonly Offering[], pool: PoolRequest): string[] {
  return pool.instanceTypes.filter((type) => offerings.some(({ instanceType }) => instanceType === type));
}

function zonesOf(offerings: readonly Offering[]): string[] {
  return [...new Set(offerings.map(({ zone }) => zone))];
}
