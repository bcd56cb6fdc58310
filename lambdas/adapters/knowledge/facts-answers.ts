import type { EpochMs } from '../../../core/job/ids.ts';
import { entriesOf } from '../../../core/scheduling/quota-state.ts';
import type { AccountQuotas, Answered, InterruptionBand } from '../../../core/ports/market-knowledge.ts';
import { interruptionBands, type FactsPart, type MarketFacts } from './market-facts.ts';

const DAY_MS = 86_400_000;
/** The feed is about the month that ended; AWS makes it anew about daily. */
const BANDS_GOOD_MS = 7 * DAY_MS;
/** Quotas refuse jobs, so that one raised since must not hold for long. */
const QUOTAS_GOOD_MS = DAY_MS;

export function bandsOf(part: MarketFacts['bands'], nowMs: EpochMs): Answered<ReadonlyMap<string, InterruptionBand>> {
  const good = goodPart(part, nowMs, BANDS_GOOD_MS);
  if ('unknown' in good) return good;
  const bands = Object.entries(good.known).flatMap(([type, index]) => {
    const band = interruptionBands[index];
    return band === undefined ? [] : [[type, band] as const];
  });
  return { known: new Map(bands) };
}

export function quotasOf(part: MarketFacts['quotas'], nowMs: EpochMs): Answered<AccountQuotas> {
  const good = goodPart(part, nowMs, QUOTAS_GOOD_MS);
  return 'unknown' in good ? good : { known: new Map(entriesOf(good.known)) };
}

function goodPart<Value>({ good, problem }: FactsPart<Value>, nowMs: EpochMs, lifeMs: number): Answered<Value> {
  if (good === undefined) return { unknown: problem ?? 'it was not read yet' };
  if (nowMs - good.asOfMs <= lifeMs) return { known: good.value };
  const since = `what was read last is of ${new Date(good.asOfMs).toISOString()}`;
  return { unknown: problem === undefined ? since : `${since}; since then ${problem}` };
}
