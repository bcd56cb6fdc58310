import type { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeAvailabilityZonesCommand, paginateGetSpotPlacementScores } from '@aws-sdk/client-ec2';
import { FEWEST_TYPES_TO_SCORE } from '../../../core/capacity/market-reader.ts';
import type { PlacementScoreQuestion } from '../../../core/ports/market-knowledge.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { inWords, type Asked, type NotNow } from './answers.ts';
import type { AskedScores, PlacementScoreMemory } from './placement-score-memory.ts';

const HOUR_MS = 3_600_000;
/** An answer as old as this is asked for again, which costs no new question. */
const FRESH_MS = 3 * HOUR_MS;
/** Within this time EC2 counts the same question once, and an old answer is better than none. */
const DAY_MS = 24 * HOUR_MS;
/** A question that brought no answer is left alone for this long. */
const REST_MS = HOUR_MS / 6;
/** EC2 answers whoever asks it within seconds, or not at all. */
const ASKED_MS = 2_000;
const ANSWERED_MS = 10_000;
/** Somebody else's next try may have brought an answer. */
const AGAIN_MS = 60_000;

/** What EC2 says when an account has asked too much that is new. */
const TOO_MANY = 'MaxConfigLimitExceeded';

type Scores = ReadonlyMap<string, number>;

export interface PlacementScoresPorts {
  readonly ec2: EC2Client;
  readonly memory: PlacementScoreMemory;
  readonly clock: Clock;
  /** New questions a day; 0 asks none. */
  readonly newPerDay: number;
}

/** What is asked for a question: like questions are one, since EC2 counts each combination that it has not seen. */
export function likeQuestion({ region, instanceTypes, count }: PlacementScoreQuestion): PlacementScoreQuestion {
  return { region, instanceTypes: [...new Set(instanceTypes)].sort(), count: roundedUp(count) };
}

/** To 1, 2, 3, 4, 6, 8, 12, 16 and so on: EC2 bounds how many an account may ask about, so that far more than wanted may be refused. */
function roundedUp(count: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  return power >= 4 && count <= 0.75 * power ? 0.75 * power : power;
}

export const questionKey = ({ region, instanceTypes, count }: PlacementScoreQuestion): string => `${region}/${count}/${instanceTypes.join(',')}`;

/**
 * Spot placement scores of EC2 within the bound of new questions. Needs `ec2:GetSpotPlacementScores` and
 * `ec2:DescribeAvailabilityZones` on `*`: EC2 names zones of scores by their ids.
 */
export class PlacementScores {
  readonly #ports: PlacementScoresPorts;
  readonly #zones: ExpiringCache<ReadonlyMap<string, string>>;

  constructor(ports: PlacementScoresPorts) {
    this.#ports = ports;
    this.#zones = new ExpiringCache(ports.clock, DAY_MS);
  }

  /** Why a question is not worth asking; it costs nothing to find out. */
  refused({ instanceTypes }: PlacementScoreQuestion): string | undefined {
    if (this.#ports.newPerDay === 0) return 'this deployment does not ask for placement scores';
    if (instanceTypes.length < FEWEST_TYPES_TO_SCORE) return `a placement score of fewer than ${FEWEST_TYPES_TO_SCORE} instance types says nothing`;
    return undefined;
  }

  /** What EC2 has said to others within a day. @throws what the memory says */
  async recall(question: PlacementScoreQuestion): Promise<Asked<Scores>> {
    const { memory, clock } = this.#ports;
    return orOld(await memory.recall(questionKey(question)), clock.now(), { unknown: 'no launch has asked EC2 for them within a day', againInMs: AGAIN_MS });
  }

  /** @throws what the memory says; what EC2 says becomes part of the answer. */
  async ask(question: PlacementScoreQuestion, signal: AbortSignal): Promise<Asked<Scores>> {
    const { memory, clock, newPerDay } = this.#ports;
    const key = questionKey(question);
    const known = await memory.recall(key);
    const nowMs = clock.now();
    if (known?.answer && nowMs - known.answer.atMs < FRESH_MS) return { known: scoresOf(known.answer) };
    if (known && nowMs - known.askedAtMs < REST_MS) {
      const againInMs = nowMs - known.askedAtMs < ANSWERED_MS ? ASKED_MS : AGAIN_MS;
      return orOld(known, nowMs, { unknown: 'EC2 was asked a moment ago and has not answered', againInMs });
    }
    const zones = await this.#zones.get(question.region, () => this.#readZones(signal));
    // A question that EC2 refused it may count as new again.
    const isNew = known?.answer === undefined || nowMs - known.answer.atMs >= DAY_MS;
    const claim = await memory.claim(key, known, nowMs, isNew ? newPerDay : undefined);
    if (claim === 'asked') return orOld(known, nowMs, { unknown: 'another function is asking EC2 just now', againInMs: ASKED_MS });
    if (claim === 'spent') return orOld(known, nowMs, { unknown: 'no new question about placement scores is left for today', againInMs: REST_MS });
    return this.#askEc2(question, known, zones, signal);
  }

  async #askEc2(question: PlacementScoreQuestion, known: AskedScores | undefined, zones: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Asked<Scores>> {
    const { memory, clock } = this.#ports;
    const nowMs = clock.now();
    try {
      const scores = await this.#scores(question, zones, signal);
      await memory.remember(questionKey(question), { askedAtMs: nowMs, answer: { atMs: nowMs, scores: Object.fromEntries(scores) } });
      return { known: scores };
    } catch (error) {
      if (error instanceof Error && error.name === TOO_MANY) await memory.exhaust(nowMs);
      return orOld(known, nowMs, { unknown: inWords(error) });
    }
  }

  async #scores({ region, instanceTypes, count }: PlacementScoreQuestion, zones: ReadonlyMap<string, string>, abortSignal: AbortSignal): Promise<Scores> {
    const client = this.#ports.ec2;
    const scores = new Map<string, number>();
    const request = { InstanceTypes: [...instanceTypes], TargetCapacity: count, SingleAvailabilityZone: true, RegionNames: [region] };
    for await (const page of paginateGetSpotPlacementScores({ client }, request, { abortSignal })) {
      for (const { AvailabilityZoneId: id = '', Score: score } of page.SpotPlacementScores ?? []) {
        const zone = zones.get(id);
        if (zone !== undefined && score !== undefined) scores.set(zone, score);
      }
    }
    return scores;
  }

  /** Name by id. */
  async #readZones(abortSignal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { AvailabilityZones: zones = [] } = await this.#ports.ec2.send(new DescribeAvailabilityZonesCommand({}), { abortSignal });
    return new Map(zones.flatMap(({ ZoneId: id, ZoneName: name }) => (id !== undefined && name !== undefined ? [[id, name] as const] : [])));
  }
}

function orOld(known: AskedScores | undefined, nowMs: number, otherwise: NotNow | { readonly unknown: string }): Asked<Scores> {
  const answer = known?.answer;
  return answer && nowMs - answer.atMs < DAY_MS ? { known: scoresOf(answer) } : otherwise;
}

const scoresOf = ({ scores }: NonNullable<AskedScores['answer']>): Scores => new Map(Object.entries(scores));
