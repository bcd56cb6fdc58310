import type { Deployment } from '../deployment/deployment.ts';
import { namespaceSettings } from '../deployment/deployment.ts';
import type { CooldownStore, InstanceCatalogue } from '../ports/capacity-provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answered, MarketKnowledge } from '../ports/market-knowledge.ts';
import type { GangRequest, PoolRequest } from './gang.ts';
import type { MarketView } from './market-view.ts';
import { scoreKey, spotKey } from './market-view.ts';

export interface MarketReaderPorts {
  readonly catalogue: InstanceCatalogue;
  readonly cooldowns: CooldownStore;
  readonly knowledge: MarketKnowledge;
  readonly clock: Clock;
  readonly deployment: Deployment;
}

/** With fewer types EC2 always answers a low placement score, which says nothing. */
export const FEWEST_TYPES_TO_SCORE = 3;

/**
 * Gathers what is known of the market for a gang: types, prices, cooldowns, and what others know. Of the latter nothing
 * is needed: `without` names what nobody could say.
 */
export async function readMarket(gang: GangRequest, ports: MarketReaderPorts): Promise<MarketView> {
  return gather(gang, ports, (question) => ports.knowledge.placementScores(question));
}

async function gather(gang: GangRequest, ports: MarketReaderPorts, scoresFor: MarketKnowledge['placementScores']): Promise<MarketView> {
  const { catalogue, cooldowns, clock, deployment } = ports;
  const types = [...new Set(gang.pools.flatMap(({ instanceTypes }) => instanceTypes))];
  const spotTypes = new Set(gang.pools.filter(isOnSpot).flatMap(({ instanceTypes }) => instanceTypes));
  const [facts, spotPrices, known, ...parts] = await Promise.all([
    catalogue.facts(gang.region, types),
    readSpotPrices(gang.region, [...spotTypes], Object.keys(deployment.subnets), catalogue),
    cooldowns.recent(clock.now()),
    readReservations(gang, ports),
    readAddresses(ports),
    readBands(gang, ports),
    readScores(gang, scoresFor),
  ]);
  const patienceMs = deployment.intervals.cooldownBase * 1000;
  const others: Partial<MarketView> = parts.reduce((all, { part }) => ({ ...all, ...part }), {});
  const countedAtMs = parts.reduce((all, part) => ({ ...all, ...part.countedAtMs }), {});
  return { region: gang.region, subnets: deployment.subnets, types: facts, spotPrices, cooldowns: known, patienceMs, ...others, countedAtMs, without: parts.flatMap(({ without }) => without) };
}

/** What a plan shows: the quotas of the account, too, and no placement scores but remembered ones, which launches need more. */
export async function readMarketForPlan(gang: GangRequest, ports: MarketReaderPorts): Promise<MarketView> {
  const { knowledge } = ports;
  const [view, quotas] = await Promise.all([gather(gang, ports, (question) => knowledge.rememberedScores(question)), knowledge.accountQuotas(gang.region)]);
  const { part, without } = told('quotas of the account', quotas, (accountQuotas) => ({ accountQuotas }));
  return { ...view, ...part, without: [...(view.without ?? []), ...without] };
}

/** What is known without asking about types: enough to learn from the answer to a launch. */
export async function readCooldowns({ cooldowns, clock, deployment }: Omit<MarketReaderPorts, 'catalogue' | 'knowledge'>): Promise<MarketView> {
  const { region, subnets, intervals } = deployment;
  const known = await cooldowns.recent(clock.now());
  return { region, subnets, types: new Map(), spotPrices: new Map(), cooldowns: known, patienceMs: intervals.cooldownBase * 1000 };
}

/** A part of the view, or what it has to do without. */
interface Told {
  readonly part: Partial<MarketView>;
  readonly without: readonly string[];
  readonly countedAtMs?: NonNullable<MarketView['countedAtMs']>;
}

const notAsked: Told = { part: {}, without: [] };

/** @param count the name under which the view says when this was counted */
function told<T>(what: string, answer: Answered<T>, part: (known: T) => Partial<MarketView>, count?: keyof NonNullable<MarketView['countedAtMs']>): Told {
  if ('unknown' in answer) return { part: {}, without: [`${what}: ${answer.unknown}`] };
  return { part: part(answer.known), without: [], ...(count === undefined || answer.atMs === undefined ? {} : { countedAtMs: { [count]: answer.atMs } }) };
}

const isOnSpot = ({ purchaseOption }: PoolRequest): boolean => purchaseOption !== 'OnDemand';

async function readReservations({ region, namespace }: GangRequest, { knowledge, deployment }: MarketReaderPorts): Promise<Told> {
  const ids = namespaceSettings(deployment, namespace)?.capacityReservations ?? [];
  if (ids.length === 0) return notAsked;
  return told('capacity reservations', await knowledge.reservations(region, ids), (reservations) => ({ reservations }), 'reservations');
}

async function readAddresses({ knowledge, deployment }: MarketReaderPorts): Promise<Told> {
  return told('free addresses', await knowledge.freeAddresses(Object.values(deployment.subnets)), (freeAddresses) => ({ freeAddresses }), 'addresses');
}

async function readBands({ region, pools }: GangRequest, { knowledge }: MarketReaderPorts): Promise<Told> {
  if (!pools.some(isOnSpot)) return notAsked;
  return told('how often Spot machines are taken back', await knowledge.interruptionBands(region), (interruptionBands) => ({ interruptionBands }));
}

/** Scores of the pools for which one means something. What one pool could be told is used, whatever became of the others. */
async function readScores({ region, pools }: GangRequest, scoresFor: MarketKnowledge['placementScores']): Promise<Told> {
  const scored = pools.filter((pool) => isOnSpot(pool) && pool.instanceTypes.length >= FEWEST_TYPES_TO_SCORE);
  if (scored.length === 0) return notAsked;
  const answers = await Promise.all(scored.map(async ({ pool, instanceTypes, count }) => ({ pool, answer: await scoresFor({ region, instanceTypes, count }) })));
  const scores = answers.flatMap(({ pool, answer }) => ('known' in answer ? [...answer.known].map(([zone, score]) => [scoreKey(pool, zone), score] as const) : []));
  const without = answers.flatMap(({ pool, answer }) => ('unknown' in answer ? [`placement scores for pool ${pool}: ${answer.unknown}`] : []));
  return { part: scores.length === 0 ? {} : { placementScores: new Map(scores) }, without };
}

/** By `spotKey`; those that are known. */
export async function readSpotPrices(region: string, types: readonly string[], zones: readonly string[], catalogue: InstanceCatalogue): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  const questions = types.flatMap((type) => zones.map((zone) => ({ type, zone })));
  await Promise.all(
    questions.map(async ({ type, zone }) => {
      const price = await catalogue.spotMicroUsdPerHour(region, type, zone);
      if (price !== undefined) prices.set(spotKey(type, zone), price);
    }),
  );
  return prices;
}
