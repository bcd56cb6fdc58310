import type { EpochMs } from '../../../core/job/ids.ts';
import { entriesOf } from '../../../core/scheduling/quota-state.ts';
import type { AccountQuotas, Answered, InterruptionBand } from '../../../core/ports/market-knowledge.ts';
import { factsGoodMs, interruptionBands, type FactsPart, type MarketFacts } from './market-facts.ts';

export function bandsOf(part: MarketFacts['bands'], nowMs: EpochMs): Answered<ReadonlyMap<string, InterruptionBand>> {
  const good = goodPart(part, nowMs, factsGoodMs.bands);
  if ('unknown' in good) return good;
  const bands = Object.entries(good.known).flatMap(([type, index]) => {
    const band = interruptionBands[index];
    return band === undefined ? [] : [[type, band] as const];
  });
  return { known: new Map(bands) };
}

export function quotasOf(part: MarketFacts['quotas'], nowMs: EpochMs): Answered<AccountQuotas> {
  const good = goodPart(part, nowMs, factsGoodMs.quotas);
  return 'unknown' in good ? good : { known: new Map(entriesOf(good.known)) };
}

function goodPart<Value>({ good, problem }: FactsPart<Value>, nowMs: EpochMs, lifeMs: number): Answered<Value> {
  if (good === undefined) return { unknown: problem ?? 'it was not read yet' };
  if (nowMs - good.asOfMs <= lifeMs) return { known: good.value };
  const since = `what was read last is of ${new Date(good.asOfMs).toISOString()}`;
  return { unknown: problem === undefined ? since : `${since}; since then ${problem}` };
}
