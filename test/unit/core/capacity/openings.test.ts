import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { marketsFor } from '../../../../core/capacity/market-view.ts';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import type { Cooldown, CooldownScope } from '../../../../core/capacity/offering.ts';
import { openings } from '../../../../core/capacity/openings.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import { whenToTryAgain } from '../../../../core/capacity/retry-time.ts';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import type { PoolNeed } from '../../../../core/job/job.ts';
import { aDeployment, aGang, aPool, someFacts, ZONES } from '../../../builders/capacity.ts';

const now = epochMs(1_000_000);
const market = { region: 'us-east-1', subnets: aDeployment().subnets };
const [zoneA, zoneB, zoneC] = ZONES;

const aNeed = (fields: Partial<PoolNeed> = {}): PoolNeed => ({ nodes: 4, vcpus: 8, types: ['c6i.large'], markets: ['spot'], ...fields });
const spotIn = (zone: string, instanceType = 'c6i.large'): CooldownScope => ({ kind: 'offering', offering: { instanceType, zone, market: 'spot' } });
const cooling = (scope: CooldownScope, untilMs: number, fields: Partial<Cooldown> = {}): Cooldown => ({
  scope, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: now, untilMs: epochMs(untilMs), ...fields,
});
const everywhere = (untilMs: number, fields: Partial<Cooldown> = {}): Cooldown[] => ZONES.map((zone) => cooling(spotIn(zone), untilMs, fields));
const ask = (cooldowns: readonly Cooldown[], pools: readonly PoolNeed[], zones: readonly string[] = []) => openings(cooldowns, market, now)(pools, zones);

describe('openings', () => {
  it('is open where nothing cools, and where what cooled is long over', () => {
    expect(ask([], [aNeed()])).toEqual({ open: true });
    expect(ask(everywhere(now - 600_000), [aNeed()])).toEqual({ open: true });
  });

  it('names what a job would have to probe where it could do nothing else', () => {
    const keys = ZONES.map((zone) => `c6i.large/${zone}/spot`);
    expect(ask(everywhere(now), [aNeed()])).toEqual({ open: true, probes: keys });
    expect(ask(everywhere(now - 599_999), [aNeed()])).toEqual({ open: true, probes: keys });
    expect(ask([cooling(spotIn(zoneA), now), cooling(spotIn(zoneB), now + 1)], [aNeed()], [zoneA, zoneB])).toEqual({ open: true, probes: [`c6i.large/${zoneA}/spot`] });
    expect(ask(everywhere(now).slice(1), [aNeed()])).toEqual({ open: true });
    expect(ask(everywhere(now, { atLeast: 5 }), [aNeed()])).toEqual({ open: true });
  });

  it('asks only where any type of a pool is to be had, as far as that is known', () => {
    const scarce = aNeed({ zones: [zoneA, zoneB] });
    expect(ask([cooling(spotIn(zoneA), now + 1), cooling(spotIn(zoneB), now + 2)], [scarce])).toMatchObject({ open: false, untilMs: now + 1 });
    expect(ask([cooling(spotIn(zoneA), now + 1)], [scarce])).toEqual({ open: true });
    expect(ask([cooling(spotIn(zoneA), now + 1)], [scarce], [zoneA, zoneC])).toMatchObject({ open: false });
  });

  it('lets who asks early ask for what nobody has asked for in two minutes, unless machines were taken back there', () => {
    const of = (fields: Partial<Cooldown>) => openings(everywhere(now + 180_000, fields), market, now, true)([aNeed()], [zoneA]);
    expect(of({ sinceMs: epochMs(now - 120_000) })).toEqual({ open: true, probes: [`c6i.large/${zoneA}/spot`] });
    expect(of({ sinceMs: epochMs(now - 119_999) })).toEqual({ open: false, untilMs: now + 1, code: 'InsufficientInstanceCapacity' });
    expect(of({ sinceMs: epochMs(now - 120_000), code: 'SpotInterruption' })).toMatchObject({ open: false, untilMs: now + 180_000 });
    expect(of({ sinceMs: epochMs(now - 120_000), probedBy: jobId('01hprober') })).toMatchObject({ open: false, probed: `c6i.large/${zoneA}/spot` });
    expect(ask(everywhere(now + 180_000, { sinceMs: epochMs(now - 120_000) }), [aNeed()], [zoneA])).toMatchObject({ open: false, untilMs: now + 180_000 });
  });

  it('says where another job probes', () => {
    const probedBy = jobId('01hprober');
    expect(ask(everywhere(now + 1, { probedBy }), [aNeed()], [zoneB])).toEqual({ open: false, untilMs: now + 1, code: 'InsufficientInstanceCapacity', probed: `c6i.large/${zoneB}/spot` });
  });

  it('is open while one zone, one type or one market is', () => {
    const twoZones = [cooling(spotIn(zoneA), now + 1), cooling(spotIn(zoneB), now + 1)];
    expect(ask(twoZones, [aNeed()])).toEqual({ open: true });
    expect(ask(twoZones, [aNeed()], [zoneA, zoneC])).toEqual({ open: true });
    expect(ask(everywhere(now + 1), [aNeed({ types: ['c6i.large', 'm6i.large'] })])).toEqual({ open: true });
    expect(ask(everywhere(now + 1), [aNeed({ markets: ['spot', 'on-demand'] })])).toEqual({ open: true });
  });

  it('opens with the first offering of the pool that opens last', () => {
    const cooldowns = [
      cooling(spotIn(zoneA), now + 30), cooling(spotIn(zoneB), now + 20), cooling(spotIn(zoneC), now + 40),
      ...ZONES.map((zone) => cooling(spotIn(zone, 'p4d.24xlarge'), now + 90, { code: 'UnfulfillableCapacity' })),
    ];
    expect(ask(cooldowns, [aNeed()])).toEqual({ open: false, untilMs: now + 20, code: 'InsufficientInstanceCapacity' });
    expect(ask(cooldowns, [aNeed()], [zoneA])).toMatchObject({ untilMs: now + 30 });
    expect(ask(cooldowns, [aNeed(), aNeed({ types: ['p4d.24xlarge'] })])).toMatchObject({ untilMs: now + 90, code: 'UnfulfillableCapacity' });
  });

  it('heeds whatever covers an offering, for the longest', () => {
    const quota = cooling({ kind: 'quota', family: 'Standard', region: 'us-east-1', market: 'spot' }, now + 50, { code: 'MaxSpotInstanceCountExceeded' });
    const account = cooling({ kind: 'account', region: 'us-east-1' }, now + 70, { code: 'RequestLimitExceeded' });
    expect(ask([quota], [aNeed()])).toMatchObject({ open: false, code: 'MaxSpotInstanceCountExceeded' });
    expect(ask([quota, account, ...everywhere(now + 60)], [aNeed()])).toMatchObject({ untilMs: now + 70, code: 'RequestLimitExceeded' });
    expect(ask([cooling({ kind: 'subnet', subnetId: 'subnet-a', zone: zoneA }, now + 5)], [aNeed()], [zoneA])).toMatchObject({ open: false });
  });

  it('holds back only pools that are as large as what failed', () => {
    expect(ask(everywhere(now + 1, { atLeast: 5 }), [aNeed({ nodes: 4 })])).toEqual({ open: true });
    expect(ask(everywhere(now + 1, { atLeast: 5 }), [aNeed({ nodes: 5 })])).toMatchObject({ open: false });
  });

  it('names who paused a market or an offering, and why', () => {
    const pause = { by: 'ada', reason: 'prices went through the roof', atMs: now };
    const spot = cooldownOf({ ...pause, scope: { kind: 'market', market: 'spot' } });
    const offering = cooldownOf({ ...pause, scope: { kind: 'offering', instanceType: 'c6i.large', zone: zoneA, market: 'spot' } });
    const pausedBy = { by: 'ada', reason: 'prices went through the roof' };
    expect(ask([spot], [aNeed()])).toMatchObject({ open: false, code: 'Paused', pausedBy: { ...pausedBy, scope: 'market spot' } });
    expect(ask([offering], [aNeed()], [zoneA])).toMatchObject({ pausedBy: { ...pausedBy, scope: `offering c6i.large/${zoneA}/spot` } });
    expect(ask([spot], [aNeed({ markets: ['spot', 'on-demand'] })])).toEqual({ open: true });
  });

  it('blames no cooldown where a job has nowhere to go', () => {
    expect(ask(everywhere(now + 1), [aNeed()], ['eu-central-1a'])).toEqual({ open: true });
  });

  it('says of jobs that may be launched anywhere, whole, what the acquisition says', () => {
    const scopes = fc.oneof(
      fc.record({ kind: fc.constant('offering' as const), offering: fc.record({ instanceType: fc.constantFrom('c6i.large', 'p4d.24xlarge'), zone: fc.constantFrom(...ZONES), market: fc.constantFrom('spot' as const, 'on-demand' as const) }) }),
      fc.record({ kind: fc.constant('quota' as const), family: fc.constantFrom('Standard', 'P'), region: fc.constant('us-east-1'), market: fc.constantFrom('spot' as const, 'on-demand' as const) }),
    );
    const cooldowns = fc.array(fc.record({ scope: scopes, untilMs: fc.integer({ min: now - 2, max: now + 5 }) }), { maxLength: 16 });
    const pools = fc.array(fc.record({ instanceTypes: fc.subarray(['c6i.large', 'p4d.24xlarge'], { minLength: 1 }), purchaseOption: fc.constantFrom('OnDemand' as const, 'Spot' as const, 'SpotPreferred' as const) }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(cooldowns, pools, (drawn, wanted) => {
        const known = [...new Map(drawn.map(({ scope, untilMs }) => [JSON.stringify(scope), cooling(scope, untilMs)])).values()];
        const view: MarketView = { ...market, types: new Map([someFacts('c6i.large'), someFacts('p4d.24xlarge')].map((facts) => [facts.instanceType, facts])), spotPrices: new Map(), cooldowns: known, patienceMs: 1 };
        const gang = aGang({ pools: wanted.map((fields, index) => aPool({ ...fields, pool: `pool-${index}` })) });
        const needs = wanted.map(({ instanceTypes, purchaseOption }) => aNeed({ types: instanceTypes, markets: marketsFor(purchaseOption) }));
        const opening = ask(known, needs);
        if (!opening.open) expect(whenToTryAgain(gang, view, now).untilMs).toBe(opening.untilMs);
      }),
    );
  });
});
