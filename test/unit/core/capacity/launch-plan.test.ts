import { describe, expect, it } from '@jest/globals';
import { planLaunches } from '../../../../core/capacity/launch-plan.ts';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { aDeployment, aGang, aPool, someFacts } from '../../../builders/capacity.ts';

const now = epochMs(1000);
const view = (fields: Partial<MarketView> = {}): MarketView => ({
  region: 'us-east-1',
  subnets: aDeployment().subnets,
  types: new Map([someFacts('c6i.large'), someFacts('m6i.large', { microUsdPerHour: 0 }), someFacts('p4d.24xlarge', { vcpus: 96, zones: ['us-east-1b'], microUsdPerHour: 32_000_000 })].map((facts) => [facts.instanceType, facts])),
  spotPrices: new Map(),
  cooldowns: [],
  patienceMs: 1000,
  ...fields,
});

describe('planLaunches', () => {
  it('shows the scarcest pool first and keeps the others near it', () => {
    const gang = aGang({ pools: [aPool({ pool: 'head', count: 1, purchaseOption: 'OnDemand' }), aPool({ pool: 'gpu', count: 2, instanceTypes: ['p4d.24xlarge'], purchaseOption: 'OnDemand' })] });
    expect(planLaunches(gang, 3600, view(), now).launches.map(({ pool, zones }) => [pool, ...zones])).toEqual([
      ['gpu', 'us-east-1b'], ['gpu', 'us-east-1b'], ['head', 'us-east-1b'], ['head', 'us-east-1a'], ['head', 'us-east-1c'],
    ]);
  });

  it('counts the dearest types on demand', () => {
    const plan = planLaunches(aGang({ pools: [aPool({ count: 3, instanceTypes: ['c6i.large', 'p4d.24xlarge'] })] }), 1800, view(), now);
    expect([plan.maxMicroUsdPerHour, plan.maxMicroUsdForTtl]).toEqual([96_000_000, 48_000_000]);
  });

  it('tells what is doubtful', () => {
    const gang = aGang({ zones: ['us-east-1a', 'us-east-1f'], pools: [aPool({ instanceTypes: ['m6i.large', 'zz.big'] }), aPool({ pool: 'gpu', instanceTypes: ['p4d.24xlarge'] })] });
    expect(planLaunches(gang, 60, view(), now)).toMatchObject({
      launches: [],
      notes: [
        'pool gpu: none of its instance types is offered in the zones us-east-1a',
        'zz.big is not offered in us-east-1',
        'the list price of m6i.large is not known: it counts as 0',
        'the deployment has no subnet in us-east-1f',
        'pool gpu: none of its types is offered in us-east-1a',
      ],
    });
  });

  it('leaves out what cools and says until when', () => {
    const scope = { kind: 'offering', offering: { instanceType: 'c6i.large', zone: 'us-east-1a', market: 'on-demand' } } as const;
    const cooldown = { scope, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: now, untilMs: epochMs(now + 5000) };
    const plan = planLaunches(aGang({ pools: [aPool({ purchaseOption: 'OnDemand' })] }), 60, view({ cooldowns: [cooldown] }), now);
    expect(plan.cooling).toEqual([cooldown]);
    expect(plan.launches.flatMap(({ zones }) => zones)).not.toContain('us-east-1a');
  });

  it('leaves out what somebody has paused', () => {
    const paused = cooldownOf({ scope: { kind: 'market', market: 'spot' }, by: 'ada', reason: 'prices', atMs: now });
    const plan = planLaunches(aGang(), 60, view({ cooldowns: [paused] }), now);
    expect(plan.cooling).toEqual([paused]);
    expect(new Set(plan.launches.map(({ market }) => market))).toEqual(new Set(['on-demand']));
  });

  it('names so many launches as a person reads', () => {
    const pools = Array.from({ length: 32 }, (_, index) => aPool({ pool: `pool-${index}` }));
    const plan = planLaunches(aGang({ pools }), 60, view(), now);
    expect(plan.launches).toHaveLength(100);
    expect(plan.notes).toContain('more launches would follow');
  });
});
