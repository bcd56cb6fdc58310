import { describe, expect, it } from '@jest/globals';
import { planLaunches } from '../../../../core/capacity/launch-plan.ts';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import { aDeployment, aGang, aPool, someFacts, ZONES } from '../../../builders/capacity.ts';

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
      ['gpu', 'us-east-1b'], ['head', 'us-east-1b'], ['head', 'us-east-1a'], ['head', 'us-east-1c'],
    ]);
  });

  it('counts the dearest types on demand', () => {
    const plan = planLaunches(aGang({ pools: [aPool({ count: 3, instanceTypes: ['c6i.large', 'p4d.24xlarge'] })] }), 1800, view(), now);
    expect([plan.maxMicroUsdPerHour, plan.maxMicroUsdPerAttempt]).toEqual([96_000_000, 48_000_000]);
  });

  it('counts Spot that costs more than the list says', () => {
    const spot = view({ spotPrices: new Map([['c6i.large/us-east-1c', 120_000]]) });
    expect(planLaunches(aGang({ pools: [aPool({ count: 2, purchaseOption: 'Spot' })] }), 3600, spot, now).maxMicroUsdPerHour).toBe(240_000);
    expect(planLaunches(aGang({ pools: [aPool({ count: 2, purchaseOption: 'OnDemand' })] }), 3600, spot, now).maxMicroUsdPerHour).toBe(180_000);
  });

  it('says of each launch what put it at its place, and what it costs', () => {
    const cheap = view({ spotPrices: new Map([['c6i.large/us-east-1c', 30_000], ['c6i.large/us-east-1a', 40_000], ['c6i.large/us-east-1b', 40_000]]) });
    const { launches } = planLaunches(aGang({ zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] }), 60, cheap, now);
    expect(launches.slice(0, 4).map(({ why, microUsdPerHour }) => [why, microUsdPerHour])).toEqual([
      ['all on Spot in one zone; us-east-1c before us-east-1a: cheaper, 0.03 against 0.04 USD/h a node', 120_000],
      ['all on Spot in one zone; us-east-1a before us-east-1b: equal but for the name', 160_000],
      ['all on Spot in one zone, or what it has; no zone but us-east-1b is open', 160_000],
      ['what the zone has on Spot; us-east-1c before us-east-1a: cheaper, 0.03 against 0.04 USD/h a node', 120_000],
    ]);
    expect(launches.at(-1)?.why).toBe('what the zone has on demand; no zone but us-east-1b is open');
  });

  it('asks the last zone for all of a pool of one type first: what it has might be of the type that has less', () => {
    const gang = aGang({ zones: ['us-east-1b'], pools: [aPool({ purchaseOption: 'Spot', mix: 'Same', instanceTypes: ['c6i.large', 'p4d.24xlarge'] })] });
    expect(planLaunches(gang, 60, view(), now).launches.map(({ why }) => why.split(';')[0])).toEqual(['all on Spot in one zone', 'what the zone has on Spot']);
  });

  it('names nothing as cooling that it shows a launch of, since a job that has just come may ask early', () => {
    const cooldown = { scope: { kind: 'offering', offering: { instanceType: 'c6i.large', zone: 'us-east-1b', market: 'spot' } } as const, code: 'InsufficientInstanceCapacity', failures: 5 };
    const gang = aGang({ zones: ['us-east-1b'], pools: [aPool({ purchaseOption: 'Spot' })] });
    const planAfter = (ms: number) => {
      const { launches, cooling } = planLaunches(gang, 60, view({ asksEarly: true, cooldowns: [{ ...cooldown, sinceMs: epochMs(now - ms), untilMs: epochMs(now + 200_000) }] }), now);
      return [launches.length, cooling.length];
    };
    expect([planAfter(119_000), planAfter(120_000)]).toEqual([[0, 1], [1, 0]]);
  });

  it('gives the numbers of what others say of zones that are otherwise alike', () => {
    const reason = (fields: Partial<MarketView>) => planLaunches(aGang(), 60, view(fields), now).launches[0]?.why;
    expect(reason({ placementScores: new Map([['workers/us-east-1c', 8], ['workers/us-east-1a', 3]]) })).toContain(
      'us-east-1c before us-east-1a: placement score 8 against 3, at about the same price');
    const failed = (zone: string, failures: number) => ({
      scope: { kind: 'offering', offering: { instanceType: 'c6i.large', zone, market: 'spot' } } as const, code: 'InsufficientInstanceCapacity', failures, sinceMs: epochMs(0), untilMs: epochMs(500),
    });
    expect(reason({ cooldowns: [failed('us-east-1a', 3), failed('us-east-1c', 3)] })).toContain('us-east-1b before us-east-1a: fewer failures of our own');
  });

  it('says why a pool comes first, and that it draws the others after it', () => {
    const gang = aGang({ pools: [aPool({ pool: 'head', count: 1, purchaseOption: 'OnDemand' }), aPool({ pool: 'gpu', count: 2, instanceTypes: ['p4d.24xlarge'], purchaseOption: 'OnDemand' })] });
    expect(planLaunches(gang, 60, view(), now).launches.map(({ pool, why }) => `${pool}: ${why}`)).toEqual([
      'gpu: scarcest pool first; all on demand in one zone, or what it has; no zone but us-east-1b is open',
      'head: all on demand in one zone; us-east-1b before us-east-1a: 2 of the job’s machines stand there',
      expect.stringMatching(/^head: /),
      expect.stringMatching(/^head: /),
    ]);
  });

  it('shows what is reserved first, and goes on to the next pool', () => {
    const reservation = { reservationId: 'cr-1', instanceType: 'c6i.large', total: 4, matching: 'targeted' } as const;
    const reserved = view({ reservations: [{ ...reservation, zone: 'us-east-1b', available: 3 }, { ...reservation, reservationId: 'cr-2', zone: 'us-east-1c', available: 2 }] });
    const gang = aGang({ pools: [aPool({ purchaseOption: 'OnDemand', count: 4 }), aPool({ pool: 'gpu', count: 1, instanceTypes: ['p4d.24xlarge'], purchaseOption: 'OnDemand' })] });
    const { launches } = planLaunches(gang, 60, reserved, now);
    expect(launches.filter(({ market }) => market === 'reserved').map(({ pool, count, zones, why, microUsdPerHour }) => [pool, count, zones, why, microUsdPerHour])).toEqual([
      ['workers', 3, ['us-east-1b'], '3 of 4 from reserved capacity; us-east-1b before us-east-1c: 1 of the job’s machines stand there', 270_000],
      ['workers', 2, ['us-east-1c'], '2 of 4 from reserved capacity; no zone but us-east-1c is open', 180_000],
    ]);
    expect(new Set(launches.map(({ pool }) => pool))).toEqual(new Set(['gpu', 'workers']));
    const whole = planLaunches(aGang({ pools: [aPool({ purchaseOption: 'OnDemand', count: 3 }), aPool({ pool: 'head', count: 1, purchaseOption: 'OnDemand' })] }), 60, reserved, now);
    expect(whole.launches.find(({ market }) => market === 'reserved')?.why).toContain('all from reserved capacity');
  });

  it('tells the limits that the gang meets', () => {
    const limited = view({
      spotPrices: new Map(ZONES.map((zone) => [`c6i.large/${zone}`, 30_000])),
      accountQuotas: new Map([['Standard/spot', 7], ['Standard/on-demand', 64]]),
      freeAddresses: new Map([['subnet-a', 3], ['subnet-b', 4], ['subnet-c', 250]]),
    });
    expect(planLaunches(aGang({ maxMicroUsdPerHour: microUsd(200_000) }), 60, limited, now).limits).toEqual([
      'the account’s quota of 7 vCPUs of Standard on Spot holds 3 of the 4 nodes of pool workers',
      'the subnet of us-east-1a has 3 free addresses for the 4 nodes of the job',
      'c6i.large on-demand is too dear for pool workers within 0.20 USD per hour',
    ]);
    expect(planLaunches(aGang({ maxMicroUsdPerHour: microUsd(100_000) }), 60, limited, now).limits).toContain(
      'the job costs at least 0.12 USD per hour at the prices known now, more than its limit of 0.10');
    expect(planLaunches(aGang({ maxMicroUsdPerHour: microUsd(200_000) }), 60, limited, now).notes).toEqual(['launches stay within 0.20 USD per hour at the prices known then']);
    expect(planLaunches(aGang({ maxMicroUsdPerHour: microUsd(360_000) }), 60, limited, now).notes).toEqual([]);
    expect(planLaunches(aGang(), 60, view(), now).limits).toEqual([]);
  });

  it('finds nothing too dear that a pool may not be launched as anyway', () => {
    const types = new Map([['c6i.large', someFacts('c6i.large')], ['c5n.large', someFacts('c5n.large', { efa: true, microUsdPerHour: 40_000 })]]);
    const gang = aGang({ spread: 'Single', maxMicroUsdPerHour: microUsd(200_000), pools: [aPool({ efa: true, purchaseOption: 'OnDemand', instanceTypes: ['c6i.large', 'c5n.large'] })] });
    expect(planLaunches(gang, 60, view({ types }), now).limits).toEqual([]);
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
