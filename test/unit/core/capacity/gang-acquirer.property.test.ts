import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AcquireResult, GangRequest } from '../../../../core/capacity/gang.ts';
import { notCooling } from '../../../../core/capacity/screen.ts';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import type { CapacityProvider } from '../../../../core/ports/capacity-provider.ts';
import { aDeployment, aGang, aPool } from '../../../builders/capacity.ts';
import type { LaunchFault } from '../../../fakes/in-memory-machines.ts';
import { aProvider, never, runningByPool, type Market3 } from './acquisition.ts';

const types = ['c6i.large', 'm6i.large', 'p4d.24xlarge'] as const;
const purchase = fc.constantFrom('OnDemand', 'Spot', 'SpotPreferred');
const pool = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  instanceTypes: fc.subarray([...types], { minLength: 1 }),
  purchaseOption: purchase,
  mix: fc.constantFrom('Any', 'Same'),
});
const gangs: fc.Arbitrary<GangRequest> = fc
  .record({ spread: fc.constantFrom('Single', 'Prefer', 'Any'), pools: fc.array(pool, { minLength: 1, maxLength: 3 }) })
  .map(({ spread, pools }) => aGang({ spread, pools: pools.map((fields, index) => aPool({ ...fields, pool: `pool-${index}` })) }));
const markets: fc.Arbitrary<Market3> = fc.array(
  fc.tuple(fc.constantFrom(...types), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('spot', 'on-demand'), fc.integer({ min: 0, max: 8 })),
  { maxLength: 18 },
);
const faults: fc.Arbitrary<LaunchFault[]> = fc.array(fc.constantFrom('answerLost', 'notSent', 'throttled'), { maxLength: 6 });

/** Runs the task again whenever it dies, as the state machine does. */
async function insist(provider: CapacityProvider, gang: GangRequest): Promise<AcquireResult> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      return await provider.acquire(gang, never);
    } catch {
      // The next run goes on from the records.
    }
  }
  throw new Error('the acquisition never ended');
}

describe('GangAcquirer, whatever the market and whatever fails', () => {
  it('has exactly the gang or nothing at all', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, markets, faults, async (gang, market, failing) => {
        const { provider, machines } = aProvider(market);
        machines.faults.push(...failing);
        const result = await insist(provider, gang);
        const running = await runningByPool(provider, gang);
        const wanted = Object.fromEntries(gang.pools.map(({ pool: name, count }) => [name, count]));
        expect(running).toEqual(result.kind === 'acquired' ? wanted : {});
        if (result.kind !== 'acquired') return;
        expect(result.nodes.map(({ rank }) => rank)).toEqual(result.nodes.map((_, index) => index));
        expect(new Set(result.nodes.map(({ instanceId }) => instanceId)).size).toBe(result.nodes.length);
        expect(new Set((await machines.running(gang)).map(({ instanceId }) => instanceId))).toEqual(new Set(result.nodes.map(({ instanceId }) => instanceId)));
      }),
      { numRuns: 300 },
    );
  });

  it('finds the machines of one pool whenever the market has them', async () => {
    await fc.assert(
      fc.asyncProperty(pool, markets, async (fields, market) => {
        const gang = aGang({ pools: [aPool({ ...fields, mix: 'Any' })] });
        const { provider, machines } = aProvider(market);
        const usable = [...machines.market].filter(([key]) => isUsable(key, gang)).reduce((sum, [, count]) => sum + count, 0);
        const result = await provider.acquire(gang, never);
        expect(result.kind).toBe(usable >= fields.count ? 'acquired' : 'short');
      }),
      { numRuns: 300 },
    );
  });

  it('launches nothing of which the table says that it cools, but for the rest of a pool of which it has a part', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, markets, fc.array(fc.nat(20_000), { minLength: 2, maxLength: 5 }), async (gang, market, waits) => {
        const { provider, machines, cooldowns, clock } = aProvider(market);
        const { region, subnets } = aDeployment();
        const launch = machines.launch.bind(machines);
        machines.launch = async (record) => {
          const isBegun = gang.spread !== 'Single' && ((await runningByPool(provider, gang))[record.pool] ?? 0) > 0;
          if (isBegun) return launch(record);
          const view: MarketView = { region, subnets, types: new Map(), spotPrices: new Map(), cooldowns: (await cooldowns.recent(clock.now())).filter(({ probedBy }) => probedBy !== record.jobId), patienceMs: 0 };
          const cooling = notCooling(view, record.minimum, false, clock.now());
          for (const zone of record.zones) {
            for (const instanceType of record.instanceTypes) expect(cooling({ instanceType, zone, market: record.market })).toBeUndefined();
          }
          return launch(record);
        };
        for (const wait of waits) {
          const result = await provider.acquire(gang, never);
          if (result.kind !== 'short') return;
          clock.advance(wait);
        }
      }),
    );
  });

  it('leaves nothing behind when it is released in the middle', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, markets, faults, fc.nat(4), async (gang, market, failing, calls) => {
        const { provider, machines } = aProvider(market);
        machines.faults.push(...failing);
        let asked = 0;
        await provider.acquire(gang, async () => (asked++ < calls ? undefined : 'cancelled')).catch(() => undefined);
        machines.faults.length = 0;
        expect(await provider.release(gang)).toMatchObject({ remaining: 0 });
        expect(await machines.running(gang)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

function isUsable(key: string, gang: GangRequest): boolean {
  const [type = '', , market] = key.split('/');
  return gang.pools.some(
    ({ instanceTypes, purchaseOption }) =>
      instanceTypes.includes(type) && (purchaseOption === 'SpotPreferred' || (purchaseOption === 'Spot') === (market === 'spot')),
  );
}
