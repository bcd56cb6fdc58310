import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import { inWords } from '../../adapters/knowledge/answers.ts';
import { factsGoodMs, nothingRead, UnreadableFactsError, type FactsPart, type MarketFacts } from '../../adapters/knowledge/market-facts.ts';

type ValueOf<Part extends keyof Omit<MarketFacts, 'region'>> = NonNullable<MarketFacts[Part]['good']>['value'];

export interface RefreshMarketPorts {
  readonly region: string;
  readonly facts: {
    read(): Promise<MarketFacts | undefined>;
    /** @param isFirst whether none were found, so that none are to be replaced */
    write(facts: MarketFacts, isFirst: boolean): Promise<void>;
  };
  /** Interruption bands of the region; `undefined` where the deployment reads no feed. */
  readonly readBands: (() => Promise<ValueOf<'bands'>>) | undefined;
  readonly readQuotas: () => Promise<ValueOf<'quotas'>>;
  readonly clock: Clock;
  readonly log: EventLog;
}

/**
 * Reads anew what is known of the market. A part that cannot be read stays as it was, with the reason beside it: its
 * readers see how old it is.
 *
 * @throws when the facts cannot be read or written, and InternalError, after writing, for a part that is not good any
 * more: a feed that is gone, or a permission, is for somebody to mend.
 */
export async function refreshMarket(ports: RefreshMarketPorts): Promise<void> {
  const { region, facts, readBands, readQuotas } = ports;
  const found = await lastFacts(ports);
  const before = found?.region === region ? found : nothingRead(region);
  const [bands, quotas] = await Promise.all([
    readBands === undefined ? {} : anew('interruption bands', before.bands, readBands, ports),
    anew('account quotas', before.quotas, readQuotas, ports),
  ]);
  await facts.write({ region, bands, quotas }, found === undefined);
  const outdated = [...(readBands === undefined ? [] : outdatedPart('bands', bands, ports)), ...outdatedPart('quotas', quotas, ports)];
  if (outdated.length > 0) throw new InternalError(`What was read of the market is too old: ${outdated.join('; ')}`, { region });
}

function outdatedPart(part: keyof typeof factsGoodMs, { good, problem = 'not read' }: FactsPart<unknown>, { clock }: Pick<RefreshMarketPorts, 'clock'>): string[] {
  const isGood = good !== undefined && clock.now() - good.asOfMs <= factsGoodMs[part];
  return isGood ? [] : [`${part}: ${problem}`];
}

async function anew<Value>(
  subject: string, before: FactsPart<Value>, read: () => Promise<Value>, { clock, log }: Pick<RefreshMarketPorts, 'clock' | 'log'>,
): Promise<{ good?: { asOfMs: EpochMs; value: Value }; problem?: string }> {
  try {
    return { good: { asOfMs: clock.now(), value: await read() } };
  } catch (error) {
    const problem = inWords(error);
    log.warn(`Cannot read ${subject}`, { problem, ...(before.good && { lastRead: new Date(before.good.asOfMs).toISOString() }) });
    return { ...(before.good && { good: before.good }), problem };
  }
}

/** What another release left is made anew; what S3 does not let us see may be good, and is left alone. */
async function lastFacts({ region, facts, log }: RefreshMarketPorts): Promise<MarketFacts | undefined> {
  try {
    return await facts.read();
  } catch (error) {
    if (!(error instanceof UnreadableFactsError)) throw error;
    log.warn('What was known of the market cannot be read', { problem: inWords(error) });
    return nothingRead(region);
  }
}
