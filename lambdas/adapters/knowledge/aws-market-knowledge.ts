import type { CapacityReservation as Ec2Reservation, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeSubnetsCommand, paginateDescribeCapacityReservations } from '@aws-sdk/client-ec2';
import { unfitForNodes } from '../../../core/capacity/reservation-kind.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import type { AccountQuotas, Answered, CapacityReservation, InterruptionBand, MarketKnowledge, PlacementScoreQuestion } from '../../../core/ports/market-knowledge.ts';
import { Answers } from './answers.ts';
import { quotasOf, bandsOf } from './facts-answers.ts';
import type { MarketFacts } from './market-facts.ts';
import { likeQuestion, PlacementScores, questionKey } from './placement-scores.ts';
import type { PlacementScoreMemory } from './placement-score-memory.ts';

/** Read anew within minutes of the refresh; each reading is a request to S3. */
const FACTS_LIFE_MS = 600_000;
/** After a first deployment the first refresh is soon. */
const NO_FACTS_LIFE_MS = 60_000;
/** The shared memory behind it holds for hours; each look at it is half a read unit. */
const SCORES_LIFE_MS = 1_800_000;
/** Somebody else may have been answered meanwhile. */
const NO_SCORES_LIFE_MS = 60_000;
/** What launches change: good for the calls of one decision. */
const MOMENT_MS = 5_000;

export interface AwsMarketKnowledgePorts {
  /** A client of the region that the deployment serves, that gives up soon: what is asked here is optional. */
  readonly ec2: EC2Client;
  /** `undefined`: nothing was read yet. */
  readonly facts: { read(signal: AbortSignal): Promise<MarketFacts | undefined> };
  readonly scores: PlacementScoreMemory;
  readonly clock: Clock;
  readonly deployment: Pick<Deployment, 'region' | 'capacity'>;
  readonly log: EventLog;
}

/**
 * What AWS says of its market. Nothing here is thrown: what cannot be said is answered with why, and logged once for as
 * long as the answer is kept in the process.
 *
 * IAM: `ec2:DescribeSubnets`, `ec2:DescribeCapacityReservations`, `ec2:DescribeAvailabilityZones` and
 * `ec2:GetSpotPlacementScores` on `*` (EC2 knows no resources for them), and what `S3MarketFacts` and
 * `DynamoPlacementScores` need.
 */
export class AwsMarketKnowledge implements MarketKnowledge {
  readonly #ports: AwsMarketKnowledgePorts;
  readonly #asker: PlacementScores;
  readonly #facts: Answers<MarketFacts>;
  readonly #scores: Answers<ReadonlyMap<string, number>>;
  readonly #remembered: Answers<ReadonlyMap<string, number>>;
  readonly #reservations: Answers<readonly CapacityReservation[]>;
  readonly #addresses: Answers<ReadonlyMap<string, number>>;

  constructor(ports: AwsMarketKnowledgePorts) {
    const { ec2, scores: memory, clock, log, deployment } = ports;
    const answers = <T>(subject: string, lifeMs: number, unknownLifeMs = lifeMs): Answers<T> => new Answers<T>({ subject, lifeMs, unknownLifeMs, clock, log });
    this.#ports = ports;
    this.#asker = new PlacementScores({ ec2, memory, clock, newPerDay: deployment.capacity.placementScoresPerDay });
    this.#facts = answers('facts of the market', FACTS_LIFE_MS, NO_FACTS_LIFE_MS);
    this.#scores = answers('placement scores', SCORES_LIFE_MS, NO_SCORES_LIFE_MS);
    this.#remembered = answers('remembered placement scores', SCORES_LIFE_MS, NO_SCORES_LIFE_MS);
    this.#reservations = answers('capacity reservations', MOMENT_MS);
    this.#addresses = answers('free addresses', MOMENT_MS);
  }

  async placementScores(question: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>> {
    const like = likeQuestion(question);
    const refused = this.#elsewhere(question.region) ?? this.#asker.refused(like);
    return refused === undefined ? this.#scores.to(questionKey(like), (signal) => this.#asker.ask(like, signal)) : { unknown: refused };
  }

  async rememberedScores(question: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>> {
    const like = likeQuestion(question);
    const refused = this.#elsewhere(question.region) ?? this.#asker.refused(like);
    return refused === undefined ? this.#remembered.to(questionKey(like), () => this.#asker.recall(like)) : { unknown: refused };
  }

  async interruptionBands(region: string): Promise<Answered<ReadonlyMap<string, InterruptionBand>>> {
    const { deployment, clock } = this.#ports;
    if (deployment.capacity.spotAdvisorFeed === '') return { unknown: 'this deployment reads no feed of the Spot Instance Advisor' };
    const facts = await this.#readFacts(region);
    return 'unknown' in facts ? facts : bandsOf(facts.known.bands, clock.now());
  }

  async accountQuotas(region: string): Promise<Answered<AccountQuotas>> {
    const facts = await this.#readFacts(region);
    return 'unknown' in facts ? facts : quotasOf(facts.known.quotas, this.#ports.clock.now());
  }

  async reservations(region: string, ids: readonly string[]): Promise<Answered<readonly CapacityReservation[]>> {
    if (ids.length === 0) return { known: [] };
    const elsewhere = this.#elsewhere(region);
    if (elsewhere !== undefined) return { unknown: elsewhere };
    const all = await this.#reservations.to(region, async (signal) => this.#counted(() => this.#readReservations(signal)));
    return 'unknown' in all ? all : { ...all, known: all.known.filter(({ reservationId }) => ids.includes(reservationId)) };
  }

  async freeAddresses(subnetIds: readonly string[]): Promise<Answered<ReadonlyMap<string, number>>> {
    if (subnetIds.length === 0) return { known: new Map() };
    const ids = [...new Set(subnetIds)].sort();
    return this.#addresses.to(ids.join(), async (signal) => this.#counted(() => this.#readAddresses(ids, signal)));
  }

  /** With the time before it was asked: what was launched by then is in the count. */
  async #counted<T>(ask: () => Promise<T>): Promise<Answered<T>> {
    const atMs = this.#ports.clock.now();
    return { known: await ask(), atMs };
  }

  #elsewhere(region: string): string | undefined {
    const served = this.#ports.deployment.region;
    return region === served ? undefined : `this deployment serves ${served} and asks nobody about ${region}`;
  }

  async #readFacts(region: string): Promise<Answered<MarketFacts>> {
    const elsewhere = this.#elsewhere(region);
    if (elsewhere !== undefined) return { unknown: elsewhere };
    return this.#facts.to(region, async (signal) => {
      const facts = await this.#ports.facts.read(signal);
      if (facts === undefined) return { unknown: 'it was not read since the deployment was made, or this function may not see it' };
      return facts.region === region ? { known: facts } : { unknown: `what was read is about ${facts.region}` };
    });
  }

  /** By state, not by id: EC2 refuses a request that names one that is gone, and an administrator's list outlives some. */
  async #readReservations(abortSignal: AbortSignal): Promise<CapacityReservation[]> {
    const all: CapacityReservation[] = [];
    const active = { Filters: [{ Name: 'state', Values: ['active'] }] };
    for await (const page of paginateDescribeCapacityReservations({ client: this.#ports.ec2 }, active, { abortSignal })) {
      all.push(...(page.CapacityReservations ?? []).flatMap(toReservation));
    }
    return all.toSorted((a, b) => (a.reservationId < b.reservationId ? -1 : 1));
  }

  async #readAddresses(ids: string[], abortSignal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { Subnets: subnets = [] } = await this.#ports.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ids }), { abortSignal });
    return new Map(subnets.flatMap(({ SubnetId: id, AvailableIpAddressCount: free }) => (id !== undefined && free !== undefined ? [[id, free] as const] : [])));
  }
}

/** None for what has no room, and for what launches cannot use. */
function toReservation(found: Ec2Reservation): CapacityReservation[] {
  const { CapacityReservationId: reservationId, InstanceType: instanceType, AvailabilityZone: zone } = found;
  const { AvailableInstanceCount: available = 0, TotalInstanceCount: total = 0 } = found;
  if (reservationId === undefined || instanceType === undefined || zone === undefined || available < 1) return [];
  const kind = {
    platform: found.InstancePlatform, tenancy: found.Tenancy, type: found.ReservationType, isInterruptible: found.Interruptible,
    placementGroup: found.PlacementGroupArn, outpost: found.OutpostArn,
  };
  if (unfitForNodes(kind) !== undefined) return [];
  return [{ reservationId, instanceType, zone, available, total, matching: found.InstanceMatchCriteria === 'open' ? 'open' : 'targeted' }];
}
