import type { FleetContext } from '../context.ts';
import { INSTANCE_TYPES, zoneId, zoneNames } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import { capacityAt } from '../market/market.ts';
import { flag, number, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';

const DAY_MS = 86_400_000;
/** Fewer types than this, and the score says nothing. */
const FEWEST_TYPES = 3;
const LOW_SCORE = 3;

/**
 * `GetSpotPlacementScores`: from 1 to 10 by how much of the target the market's Spot capacity covers now. A score
 * promises nothing, here as on AWS; with fewer than three types it stays low. New questions are limited by the day,
 * those of the last day may be asked again.
 */
export async function getSpotPlacementScores(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'GetSpotPlacementScores');
  const types = texts(params, 'InstanceType');
  const unknown = types.filter((type) => !INSTANCE_TYPES.has(type));
  if (unknown.length > 0) {
    throw new ServiceError('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`);
  }
  const target = number(params, 'TargetCapacity');
  if (target === undefined || target < 1) {
    throw new ServiceError('InvalidParameterValue', 'TargetCapacity must be at least 1.');
  }
  const regions = texts(params, 'RegionName');
  const isByZone = flag(params, 'SingleAvailabilityZone');
  countQuestion(JSON.stringify([types.toSorted(), target, text(params, 'TargetCapacityUnitType') ?? 'units', isByZone, regions.toSorted()]), context);
  if (regions.length > 0 && !regions.includes(caller.region)) {
    return { spotPlacementScoreSet: [] };
  }
  const byZone = zoneNames(caller.region).map((zone) => ({ zone, capacity: spotCapacity(types, zone, context) }));
  const score = (capacity: number) => Math.min(types.length < FEWEST_TYPES ? LOW_SCORE : 10, Math.max(1, Math.round((10 * capacity) / target)));
  const scores = isByZone
    ? byZone.map(({ zone, capacity }) => ({ region: caller.region, availabilityZoneId: zoneId(zone), score: score(capacity) }))
    : [{ region: caller.region, score: score(byZone.reduce((sum, { capacity }) => sum + capacity, 0)) }];
  return { spotPlacementScoreSet: scores.sort((a, b) => b.score - a.score).slice(0, 10) };
}

/** Throws as EC2 does where the question is new and the day's are used up. */
function countQuestion(question: string, { scoreQuestions, clock, market }: FleetContext): void {
  const now = clock.nowMs();
  const isRecent = (askedAtMs: number | undefined) => askedAtMs !== undefined && now - askedAtMs < DAY_MS;
  if (isRecent(scoreQuestions.get(question))) {
    return;
  }
  if (scoreQuestions.values().filter(isRecent).length >= market.scenario.placementScoreQuestions) {
    throw new ServiceError(
      'MaxConfigLimitExceeded',
      'You have exceeded your maximum allowed Spot placement configurations. You can retry configurations that you used ' +
        'within the last 24 hours, or wait for 24 hours before specifying a new configuration.',
    );
  }
  scoreQuestions.put(question, now);
}

function spotCapacity(types: readonly string[], zone: string, { market }: FleetContext): number {
  return types.reduce((sum, type) => sum + capacityAt(market.scenario, { type, zone, market: 'spot' }, market.seconds()), 0);
}
