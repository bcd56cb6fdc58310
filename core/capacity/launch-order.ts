import type { EpochMs } from '../job/ids.ts';
import type { Market } from '../job/job.ts';
import { LONGEST_COOLDOWN_MS } from './cooldown.ts';
import type { GangRequest, LaunchCandidate, LaunchRecord, PlannedLaunch, PoolRequest } from './gang.ts';
import { whyImpossible } from './impossible.ts';
import type { HeldInstance, LaunchProgress } from './launch-progress.ts';
import { progressOf } from './launch-progress.ts';
import { limitsOf } from './plan-limits.ts';
import type { MarketView } from './market-view.ts';
import type { Cooldown, Offering } from './offering.ts';
import { Prospects } from './prospects.ts';
import { rankZones } from './rank-zones.ts';
import { reservedLaunch } from './reserved.ts';
import { whenToTryAgain } from './retry-time.ts';
import { withoutOwn } from './uncounted.ts';

/** EC2 keeps `MinTargetCapacity` within one call up to this many instances. */
const MOST_PER_LAUNCH = 1000;
/** EC2 takes so many pairs of type and zone in one call. */
const MOST_OFFERINGS_PER_LAUNCH = 300;
/** A turn that has made so many calls is over: no market needs more, and the calls are everybody's. */
const MOST_LAUNCHES_PER_TURN = 120;

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
      readonly waitsFor?: readonly string[];
      readonly byClock?: true;
      readonly limits?: readonly string[];
    }
  | { readonly kind: 'rejected'; readonly last?: LaunchRecord; readonly code: string; readonly message: string };

/**
 * Decides the next step towards a gang. The order is that of docs/capacity.md: per pool, the scarcest first, what is
 * reserved; Spot whole in one zone; Spot packed into few zones where the job may be spread; on-demand for what is missing,
 * whole and then packed. Every answered launch either brings machines or rules offerings out, so a turn ends.
 *
 * @param records all launches of the attempt for this gang, replacements left out
 * @param nextOrdinal the number of the next launch of the attempt
 */
export function nextStep(gang: GangRequest, records: readonly LaunchRecord[], nextOrdinal: number, view: MarketView, nowMs: EpochMs): AcquisitionStep {
  const progress = progressOf(gang, records);
  const last = progress.turn.at(-1);
  if (progress.open) return { kind: 'settle', launch: progress.open };
  // What is refused of a reservation costs that reservation alone: the other markets do without.
  const refused = progress.turn.find(({ market, result }) => market !== 'reserved' && result?.rejected)?.result?.rejected ?? whyImpossible(gang, view);
  if (refused) return { kind: 'rejected', ...(last ? { last } : {}), ...refused };
  if (progress.missing.length === 0) return { kind: 'acquired', held: progress.held };

  const launch = progress.turn.length < MOST_LAUNCHES_PER_TURN ? chooseLaunch(new Prospects(gang, progress, view, nowMs)) : undefined;
  if (launch) return { kind: 'launch', launch: plan(gang, launch.pool, launch.candidate, nextOrdinal) };
  if (last && mayTryElsewhere(gang, progress)) return { kind: 'backtrack', last };
  const shortfall = progress.missing.reduce((sum, { count }) => sum + count, 0);
  // A turn without a call was given for nothing that can be seen in what cools: the next one comes at its time, not before.
  const inVain = last === undefined ? ({ byClock: true } as const) : {};
  return { kind: 'short', ...(last ? { last } : {}), shortfall, ...outlook(gang, records, withoutOwn(view, progress.held, nowMs), nowMs), ...inVain };
}

/** What waiting may cure and when to look again, once all that is held was given up. */
function outlook(gang: GangRequest, records: readonly LaunchRecord[], view: MarketView, nowMs: EpochMs) {
  const limits = limitsOf(gang, view);
  const patient = patientView(gang, records, view, limits.length > 0, nowMs);
  return { ...whenToTryAgain(gang, patient, nowMs), ...(limits.length === 0 ? {} : { limits }) };
}

/**
 * What a placement group lacks cools nothing for others, so that its own job waits longer with each turn instead. So does
 * one that lacks addresses or money, and may not have made a call: it waits as long again as it has sought.
 */
function patientView({ placementGroup = false, seekingSinceMs }: GangRequest, records: readonly LaunchRecord[], view: MarketView, isLimited: boolean, nowMs: EpochMs): MarketView {
  const turns = placementGroup ? records.filter(({ ends }) => ends === 'turn').length : 0;
  const soughtMs = isLimited && seekingSinceMs !== undefined ? nowMs - seekingSinceMs : 0;
  return { ...view, patienceMs: Math.min(LONGEST_COOLDOWN_MS, Math.max(view.patienceMs * 2 ** turns, soughtMs)) };
}

function plan(gang: GangRequest, pool: PoolRequest, candidate: LaunchCandidate, ordinal: number): PlannedLaunch {
  const { jobId, attempt } = gang;
  const clientToken = `${jobId}-${attempt}-${ordinal}`;
  return { jobId, attempt, ordinal, pool: pool.pool, ...candidate, clientToken, ...(gang.placementGroup === true ? { clustered: true } : {}) };
}

/** The next launch of the scarcest pool, provided that every missing pool still has something to try. */
function chooseLaunch(prospects: Prospects): { readonly pool: PoolRequest; readonly candidate: LaunchCandidate } | undefined {
  const { gang, progress } = prospects;
  const zones = gang.spread === 'Single' ? prospects.zones.filter((zone) => servesAll(prospects, [zone])) : prospects.zones;
  if (!servesAll(prospects, zones)) return undefined;
  const [scarcest] = progress.missing.toSorted((a, b) => abundance(prospects, a.pool) - abundance(prospects, b.pool));
  const candidate = scarcest && firstCandidate(prospects, scarcest.pool, scarcest.count, zones);
  return candidate && { pool: scarcest.pool, candidate };
}

function servesAll(prospects: Prospects, zones: readonly string[]): boolean {
  return prospects.progress.missing.every(({ pool, count }) => firstCandidate(prospects, pool, count, zones) !== undefined);
}

/** Giving up helps where a choice was made that can be made otherwise: a zone for the job, a type for a pool. */
function mayTryElsewhere(gang: GangRequest, progress: LaunchProgress): boolean {
  if (progress.held.length === 0) return false;
  const heldPools = new Set(progress.held.map(({ pool }) => pool));
  return gang.spread === 'Single' || gang.pools.some((pool) => pool.mix === 'Same' && pool.instanceTypes.length > 1 && heldPools.has(pool.pool));
}

function firstCandidate(prospects: Prospects, pool: PoolRequest, missing: number, zones: readonly string[]): LaunchCandidate | undefined {
  const count = Math.min(missing, MOST_PER_LAUNCH);
  for (const market of prospects.marketsOf(pool)) {
    const candidate = market === 'reserved'
      ? reservedLaunch(prospects, pool, count, zones)
      : (whole(prospects, pool, market, count, zones) ?? packed(prospects, pool, market, count, zones));
    if (candidate) return candidate;
  }
  return undefined;
}

/**
 * All that the pool misses in one zone, or nothing: not once packing has begun, since each zone then takes what it has. The
 * last zone that may have it all is not asked twice: packing asks for what it has, which may be all.
 */
function whole(prospects: Prospects, pool: PoolRequest, market: Market, count: number, zones: readonly string[]): LaunchCandidate | undefined {
  const { gang, progress } = prospects;
  const packing = progress.attempted.some((launch) => launch.pool === pool.pool && launch.market === market && launch.minimum < launch.count);
  if (gang.spread === 'Any' || packing) return undefined;
  const candidates = zonesOf(prospects.open(pool, market, count, zones));
  // Of one type EC2 might take the one that has less.
  const mayBePart = pool.mix === 'Any' || pool.instanceTypes.length === 1;
  const isLast = gang.spread === 'Prefer' && candidates.length === 1 && mayBePart;
  return inBestZone(prospects, pool, market, { count, minimum: isLast ? 1 : count }, candidates);
}

/** What can be had of it: in the best zone, or wherever EC2 finds it when the job may be spread freely. */
function packed(prospects: Prospects, pool: PoolRequest, market: Market, count: number, zones: readonly string[]): LaunchCandidate | undefined {
  const part = { count, minimum: 1 };
  switch (prospects.gang.spread) {
    case 'Prefer':
      return inBestZone(prospects, pool, market, part, zones);
    case 'Single': {
      // Part of a pool on Spot makes sense in one zone only where on-demand may fill the rest.
      if (market !== 'spot' || pool.purchaseOption !== 'SpotPreferred') return undefined;
      return inBestZone(prospects, pool, market, part, zonesOf(prospects.open(pool, 'on-demand', 1, zones)));
    }
    case 'Any': {
      const together = openTogether(prospects.open(pool, market, 1, zones), pool);
      const addresses = together?.zones.reduce((sum, zone) => sum + prospects.addressesIn(zone), 0) ?? 0;
      return together && { market, ...together, ...part, count: Math.min(count, addresses) };
    }
  }
}

function inBestZone(prospects: Prospects, pool: PoolRequest, market: Market, size: Pick<LaunchCandidate, 'count' | 'minimum'>, zones: readonly string[]): LaunchCandidate | undefined {
  const [best] = rankZones(prospects, pool, market, size.minimum, zones);
  const open = prospects.open(pool, market, size.minimum, zones);
  if (best === undefined) return undefined;
  const { zone } = best;
  const count = Math.min(size.count, prospects.addressesIn(zone));
  return { market, instanceTypes: typesOf(open.filter((offering) => offering.zone === zone), pool), zones: [zone], ...size, count };
}

/** Open offerings for each vCPU that a pool wants: where this is least, capacity is scarcest. */
function abundance(prospects: Prospects, pool: PoolRequest): number {
  const offerings = prospects.marketsOf(pool).reduce((sum, market) => sum + prospects.open(pool, market, 1, prospects.zones).length, 0);
  const vcpus = Math.max(1, ...pool.instanceTypes.map((type) => prospects.view.types.get(type)?.vcpus ?? 0));
  return offerings / (pool.count * vcpus);
}

/**
 * The most offerings that one call can name, which asks for each type in each zone: only such types and zones as are open
 * in every combination, so that nothing is asked for that cools, is paused or is too dear. The rest comes with the next call.
 */
function openTogether(open: readonly Offering[], pool: PoolRequest): Pick<PlannedLaunch, 'instanceTypes' | 'zones'> | undefined {
  const types = typesOf(open, pool);
  const zonesByType = new Map(types.map((type) => [type, zonesOf(open.filter(({ instanceType }) => instanceType === type))]));
  const choices = [...zonesByType.values()].map((zones) => ({ zones, instanceTypes: types.filter((type) => zones.every((zone) => zonesByType.get(type)?.includes(zone))) }));
  const [most] = choices.toSorted((a, b) => b.zones.length * b.instanceTypes.length - a.zones.length * a.instanceTypes.length);
  return most && { ...most, instanceTypes: most.instanceTypes.slice(0, Math.floor(MOST_OFFERINGS_PER_LAUNCH / most.zones.length)) };
}

/** Types in the manifest's order. */
function typesOf(offerings: readonly Offering[], pool: PoolRequest): string[] {
  const open = new Set(offerings.map(({ instanceType }) => instanceType));
  return pool.instanceTypes.filter((type) => open.has(type));
}

function zonesOf(offerings: readonly Offering[]): string[] {
  return [...new Set(offerings.map(({ zone }) => zone))];
}
