import { describe, expect, it } from '@jest/globals';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import type { Cooldown, CooldownScope } from '../../../../core/capacity/offering.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import { whenToTryAgain } from '../../../../core/capacity/retry-time.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { aDeployment, aGang, aPool, someFacts, ZONES } from '../../../builders/capacity.ts';

const now = epochMs(1_000_000);
const MINUTES_MS = 60_000;
const spotMarket = { kind: 'quota', family: 'Standard', region: 'us-east-1', market: 'spot' } as const;
const paused = cooldownOf({ scope: { kind: 'market', market: 'spot' }, by: 'ada', reason: 'prices', atMs: now });

const cooling = (scope: CooldownScope, untilMs: number): Cooldown => ({ scope, code: 'UnfulfillableCapacity', failures: 1, sinceMs: now, untilMs: epochMs(untilMs) });
const view = (...cooldowns: readonly Cooldown[]): MarketView => ({
  region: 'us-east-1', subnets: aDeployment().subnets, types: new Map([['c6i.large', someFacts('c6i.large')]]), spotPrices: new Map(), cooldowns, patienceMs: 30_000,
});
const spot = aGang({ pools: [aPool({ purchaseOption: 'Spot' })] });

describe('whenToTryAgain', () => {
  it('is when the first offering cools no more', () => {
    const zones = ZONES.map((zone, index) => cooling({ kind: 'offering', offering: { instanceType: 'c6i.large', zone, market: 'spot' } }, now + 1000 * (index + 1)));
    expect(whenToTryAgain(spot, view(...zones), now)).toEqual({ untilMs: now + 1000, cooldowns: zones, waitsFor: ['offering/c6i.large/us-east-1a/spot'] });
  });

  it('says of all that cools no more then, of a few where there are many', () => {
    const types = ['c6i.large', 'm6i.large', 'r6i.large'];
    const anything = aGang({ spread: 'Any', pools: [aPool({ purchaseOption: 'Spot', instanceTypes: types })] });
    const waitsFor = (count: number) => {
      const offerings = types.slice(0, count).flatMap((instanceType) => ZONES.map((zone) => cooling({ kind: 'offering', offering: { instanceType, zone, market: 'spot' } }, now + 1000)));
      const facts = new Map(types.slice(0, count).map((type) => [type, someFacts(type)]));
      return whenToTryAgain(anything, { ...view(...offerings), types: facts }, now).waitsFor;
    };
    expect(waitsFor(1)).toEqual(ZONES.map((zone) => `offering/c6i.large/${zone}/spot`));
    expect(waitsFor(3)).toHaveLength(6);
  });

  it('is after a moment where nothing cools', () => {
    expect(whenToTryAgain(spot, view(), now)).toEqual({ untilMs: now + 30_000, cooldowns: [], byClock: true });
  });

  it('is in ten minutes for a job that is held by a pause alone', () => {
    expect(whenToTryAgain(spot, view(paused), now)).toEqual({ untilMs: now + 10 * MINUTES_MS, cooldowns: [paused], waitsFor: ['paused/market/spot'] });
  });

  it('does not wait for a pause where something else cools no more before', () => {
    const either = aGang({ pools: [aPool({ purchaseOption: 'SpotPreferred' })] });
    expect(whenToTryAgain(either, view(paused, cooling({ ...spotMarket, market: 'on-demand' }, now + 5000)), now).untilMs).toBe(now + 5000);
  });

  it('waits for what the job may use of the account quotas', () => {
    const either = aGang({ pools: [aPool({ purchaseOption: 'SpotPreferred' })], quotas: { 'Standard/spot': 8 } });
    expect(whenToTryAgain(either, view(cooling(spotMarket, now + 7000)), now).untilMs).toBe(now + 7000);
  });
});
