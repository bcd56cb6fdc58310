import { describe, expect, it } from '@jest/globals';
import { marketFacts, UnreadableFactsError, type MarketFacts } from '../../../lambdas/adapters/knowledge/market-facts.ts';
import { refreshMarket, type RefreshMarketPorts } from '../../../lambdas/capacity/refresh-market/refresh-market.ts';
import { ManualClock, silentLog } from '../../builders/capacity.ts';

const region = 'us-east-1';
const failing = (why: string) => async (): Promise<never> => {
  throw new Error(why);
};

/** Facts that are kept, as text, as a bucket keeps them. */
class Bucket {
  text: string | undefined;
  isHidden = false;

  readonly facts = {
    read: async (): Promise<MarketFacts | undefined> => {
      if (this.text === undefined || this.isHidden) return undefined;
      const { data, error } = marketFacts.safeParse(JSON.parse(this.text));
      if (error) throw new UnreadableFactsError(error.message);
      return data;
    },
    write: async (facts: MarketFacts, isFirst: boolean): Promise<void> => {
      if (isFirst && this.text !== undefined) throw new Error('PreconditionFailed');
      this.text = JSON.stringify(facts);
    },
  };
}

describe('refreshMarket', () => {
  const clock = new ManualClock();
  const refresh = (bucket: Bucket, fields: Partial<RefreshMarketPorts> = {}) =>
    refreshMarket({ region, facts: bucket.facts, readBands: async () => ({ 'm6i.large': 1 }), readQuotas: async () => ({ 'P/spot': 96 }), clock, log: silentLog, ...fields });

  it('writes what was read, and when', async () => {
    const bucket = new Bucket();
    await refresh(bucket);
    const asOfMs = clock.now();
    expect(await bucket.facts.read()).toEqual({ region, bands: { good: { asOfMs, value: { 'm6i.large': 1 } } }, quotas: { good: { asOfMs, value: { 'P/spot': 96 } } } });
  });

  it('keeps what was read last of a part that fails, with the reason, until it is read again', async () => {
    const bucket = new Bucket();
    const warnings: unknown[] = [];
    const log = { info: () => undefined, warn: (message: string, facts: object) => void warnings.push([message, facts]) };
    await refresh(bucket);
    const before = clock.now();
    clock.advance(3_600_000);
    await refresh(bucket, { readBands: failing('no feed'), log });
    expect((await bucket.facts.read())?.bands).toEqual({ good: { asOfMs: before, value: { 'm6i.large': 1 } }, problem: 'Error: no feed' });
    expect((await bucket.facts.read())?.quotas.good?.asOfMs).toBe(clock.now());
    expect(warnings).toEqual([['Cannot read interruption bands', { problem: 'Error: no feed', lastRead: new Date(before).toISOString() }]]);
    await refresh(bucket);
    expect((await bucket.facts.read())?.bands).toEqual({ good: { asOfMs: clock.now(), value: { 'm6i.large': 1 } } });
  });

  it('makes anew what another release or another region left', async () => {
    const bucket = new Bucket();
    const old = JSON.stringify({ region: 'eu-west-1', bands: { good: { asOfMs: clock.now(), value: { 'm6i.large': 4 } } }, quotas: {} });
    for (const text of ['{"bands":"many"}', old]) {
      bucket.text = text;
      await expect(refresh(bucket, { readBands: failing('no feed') })).rejects.toThrow('bands: Error: no feed');
      expect((await bucket.facts.read())?.bands).toEqual({ problem: 'Error: no feed' });
    }
  });

  it('leaves alone what it may not see, and fails', async () => {
    const bucket = new Bucket();
    await refresh(bucket);
    const before = bucket.text;
    clock.advance(3_600_000);
    bucket.isHidden = true;
    await expect(refresh(bucket)).rejects.toThrow('PreconditionFailed');
    await expect(refresh(bucket, { facts: { ...bucket.facts, read: failing('SlowDown') } })).rejects.toThrow('SlowDown');
    expect(bucket.text).toBe(before);
  });

  it.each([
    { part: 'bands', days: 7, fields: { readBands: failing('no feed') } },
    { part: 'quotas', days: 1, fields: { readQuotas: failing('AccessDenied') } },
  ])('fails, having written the rest, once $part are too old to be used', async ({ part, days, fields }) => {
    const bucket = new Bucket();
    await refresh(bucket);
    clock.advance(days * 86_400_000);
    await refresh(bucket, fields);
    clock.advance(1);
    await expect(refresh(bucket, fields)).rejects.toThrow(new RegExp(`^What was read of the market is too old: ${part}: Error: (no feed|AccessDenied)$`));
    const written = await bucket.facts.read();
    expect((part === 'bands' ? written?.quotas : written?.bands)?.good?.asOfMs).toBe(clock.now());
  });

  it('reads no feed where the deployment names none', async () => {
    const bucket = new Bucket();
    await refresh(bucket, { readBands: undefined });
    expect((await bucket.facts.read())?.bands).toEqual({});
  });

  it('fails where nothing can be written, so that somebody hears of it', async () => {
    await expect(refresh(new Bucket(), { facts: { read: async () => undefined, write: failing('AccessDenied') } })).rejects.toThrow('AccessDenied');
  });
});
