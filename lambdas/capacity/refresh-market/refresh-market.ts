import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { inWords } from '../../adapters/knowledge/answers.ts';
import { nothingRead, type FactsPart, type MarketFacts } from '../../adapters/knowledge/market-facts.ts';

type ValueOf<Part extends keyof Omit<MarketFacts, 'region'>> = NonNullable<MarketFacts[Part]['good']>['value'];

export interface RefreshMarketPorts {
  readonly region: string;
  readonly facts: {
    read(): Promise<MarketFacts | undefined>;
    write(facts: MarketFacts): Promise<void>;
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
 * @throws when the facts cannot be written.
 */
export async function refreshMarket(ports: RefreshMarketPorts): Promise<void> {
  const { region, facts, readBands, readQuotas } = ports;
  const before = await lastFacts(ports);
  const [bands, quotas] = await Promise.all([
    readBands === undefined ? {} : anew('interruption bands', before.bands, readBands, ports),
    anew('account quotas', before.quotas, readQuotas, ports),
  ]);
  await facts.write({ region, bands, quotas });
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

/** What cannot be read any more is made anew: a document of another release, or of another region. */
async function lastFacts({ region, facts, log }: RefreshMarketPorts): Promise<MarketFacts> {
  try {
    const last = await facts.read();
    return last?.region === region ? last : nothingRead(region);
  } catch (error) {
    log.warn('What was known of the market cannot be read', { problem: inWords(error) });
    return nothingRead(region);
  }
}
