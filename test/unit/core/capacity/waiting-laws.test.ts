import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LONGEST_COOLDOWN_MS } from '../../../../core/capacity/cooldown.ts';
import type { GangRequest } from '../../../../core/capacity/gang.ts';
import { marketsOf, offeringsOf } from '../../../../core/capacity/market-view.ts';
import type { Offering } from '../../../../core/capacity/offering.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import { jobId } from '../../../../core/job/ids.ts';
import { aDeployment, aGang, aPool, ZONES } from '../../../builders/capacity.ts';
import { never } from './acquisition.ts';
import { aWorld, gangs, insist, offerings, pools, stocks } from './law-world.ts';

/** A probe that somebody died with holds an offering back for as long. */
const PROBE_MS = 30_000;
/** Jobs that wait for the account come back spread over as long. */
const SPREAD_MS = 5000;

interface Episode {
  readonly gang: GangRequest;
  readonly stock: ReadonlyMap<string, number>;
  readonly codes: readonly (readonly [offering: Offering, code: string])[];
  readonly isThrottled: boolean;
  readonly waitMs: number;
}

const codes = fc.constantFrom('InsufficientFreeAddressesInSubnet', 'VcpuLimitExceeded', 'MaxSpotInstanceCountExceeded', 'SomethingNew');
/** What other jobs went through before: shortages of every kind, calls that were never answered, long and short times between. */
const histories: fc.Arbitrary<Episode[]> = fc.array(
  fc.record({
    gang: fc.tuple(gangs, fc.nat(3)).map(([gang, number]) => ({ ...gang, jobId: jobId(`01hother${String(number).padStart(18, '0')}`) })),
    stock: stocks, codes: fc.array(fc.tuple(offerings, codes), { maxLength: 4 }), isThrottled: fc.boolean(), waitMs: fc.integer({ min: 0, max: 700_000 }),
  }),
  { maxLength: 8 },
);
const intervals = fc.record({ cooldownBase: fc.integer({ min: 1, max: 120 }), cooldownMaximum: fc.integer({ min: 1, max: 900 }) });

type World = ReturnType<typeof aWorld>;

/** Lets it happen, one after the other; whoever waits for the end of an episode sees the world as it is then. */
async function goThrough(history: readonly Episode[], { provider, machines, clock, restock }: World, afterEach: () => Promise<void> = async () => undefined): Promise<void> {
  for (const [index, { gang, stock, codes: failing, isThrottled, waitMs }] of history.entries()) {
    restock(stock);
    machines.codes.clear();
    for (const [offering, code] of failing) machines.codes.set(offeringKey(offering), code);
    if (isThrottled) machines.faults.push('throttled', 'notSent');
    await provider.acquire({ ...gang, attempt: index + 1 }, never).catch(() => undefined);
    machines.faults.length = 0;
    await afterEach();
    clock.advance(waitMs);
  }
  machines.codes.clear();
}

describe('a cooldown', () => {
  it('never outlives its cap, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(histories, intervals, async (history, { cooldownBase, cooldownMaximum }) => {
        const deployment = aDeployment({ intervals: { ...aDeployment().intervals, cooldownBase, cooldownMaximum } });
        const world = aWorld({ deployment });
        const capMs = Math.min(LONGEST_COOLDOWN_MS, cooldownMaximum * 1000);
        await goThrough(history, world, async () => {
          const nowMs = world.clock.now();
          for (const { untilMs, probedBy } of await world.cooldowns.active(nowMs)) {
            expect(untilMs - nowMs).toBeLessThanOrEqual(probedBy === undefined ? capMs : PROBE_MS);
          }
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('an offering that has what a job wants', () => {
  const { cooldownBase, cooldownMaximum } = aDeployment().intervals;
  /** Each offering is asked for the whole pool and for a part, and is waited for so often at most while another one cools. */
  const doublings = Math.ceil(Math.log2(cooldownMaximum / cooldownBase));
  const mostCalls = (gang: GangRequest): number => gang.pools.reduce((sum, pool) => sum + 2 * offeringsOf(pool, ZONES).length, 0) * (2 + doublings);

  /** The job takes its turns when it is told to, until it has its machines. Answers how many calls that took, and how long. */
  async function search(gang: GangRequest, { provider, machines, clock }: World): Promise<{ readonly calls: number; readonly ms: number }> {
    const [callsBefore, beganMs] = [machines.launches.length, clock.now()];
    for (;;) {
      const result = await insist(async () => provider.acquire(gang, never));
      const took = { calls: machines.launches.length - callsBefore, ms: clock.now() - beganMs };
      if (result.kind === 'acquired') return took;
      if (result.kind !== 'short' || took.ms > 10 * LONGEST_COOLDOWN_MS) throw new Error(`the search ended as ${result.kind} after ${took.ms} ms`);
      clock.advance(result.untilMs - clock.now());
    }
  }

  it('is found within a bounded number of calls and one cooldown, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(histories, pools, fc.nat(), fc.constantFrom('Single', 'Prefer', 'Any'), async (history, fields, choice, spread) => {
        const gang = aGang({ spread, pools: [aPool(fields)] });
        const usable = offeringsOf(gang.pools[0] ?? aPool(), ZONES).filter(({ market }) => marketsOf(aPool(fields)).includes(market));
        const good = usable[choice % usable.length];
        const world = aWorld();
        await goThrough(history, world);
        world.restock(new Map(good ? [[offeringKey(good), fields.count]] : []));
        const { calls, ms } = await search(gang, world);
        expect(calls).toBeLessThanOrEqual(mostCalls(gang));
        expect(ms).toBeLessThanOrEqual(cooldownMaximum * 1000 + PROBE_MS + SPREAD_MS);
      }),
      { numRuns: 300 },
    );
  });
});
