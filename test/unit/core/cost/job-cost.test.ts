import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jobCost, withCost } from '../../../../core/cost/job-cost.ts';
import { addCosts, costByPool, nodeHours, totalCost } from '../../../../core/cost/pool-cost.ts';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import type { Node } from '../../../../core/job/job.ts';
import { aNode } from '../../../builders/nodes.ts';

const startMs = epochMs(1_000_000);
const after = (minutes: number) => epochMs(startMs + minutes * 60_000);

const node = fc
  .record({
    pool: fc.constantFrom('head', 'workers', 'constructor'),
    market: fc.constantFrom('spot' as const, 'on-demand' as const, 'reserved' as const),
    launchedAtMs: fc.integer({ min: 0, max: 1e9 }).map(epochMs),
    goneAtMs: fc.option(fc.integer({ min: 0, max: 2e9 }).map(epochMs), { nil: undefined }),
    microUsdPerHour: fc.integer({ min: 0, max: 1e8 }).map(microUsd),
    onDemandMicroUsdPerHour: fc.option(fc.integer({ min: 0, max: 1e8 }).map(microUsd), { nil: undefined }),
  })
  .map(({ goneAtMs, onDemandMicroUsdPerHour, ...rest }): Node => aNode(0, {
    ...rest,
    ...(goneAtMs === undefined ? {} : { goneAtMs }),
    ...(onDemandMicroUsdPerHour === undefined ? {} : { onDemandMicroUsdPerHour }),
  }));
const nowMs = epochMs(2_000_000_000);

describe('what nodes cost', () => {
  it('is told by pool and market, with what Spot saved against on demand', () => {
    const spot = { pool: 'workers', market: 'spot', launchedAtMs: startMs, microUsdPerHour: microUsd(40_000), onDemandMicroUsdPerHour: microUsd(100_000) } as const;
    const nodes = [
      aNode(0, { launchedAtMs: startMs, microUsdPerHour: microUsd(100_000) }),
      aNode(1, { ...spot, goneAtMs: after(30) }),
      aNode(2, spot),
      aNode(3, { ...spot, market: 'on-demand', microUsdPerHour: microUsd(100_000), onDemandMicroUsdPerHour: microUsd(100_000) }),
    ];
    expect(costByPool(nodes, after(60))).toEqual([
      { pool: 'head', market: 'on-demand', nodes: 1, seconds: 3600, microUsd: 100_000, savedMicroUsd: 0 },
      { pool: 'workers', market: 'spot', nodes: 2, seconds: 5400, microUsd: 60_000, savedMicroUsd: 90_000 },
      { pool: 'workers', market: 'on-demand', nodes: 1, seconds: 3600, microUsd: 100_000, savedMicroUsd: 0 },
    ]);
    expect(totalCost(costByPool(nodes, after(60)))).toEqual({ nodes: 4, seconds: 12_600, microUsd: 260_000, savedMicroUsd: 90_000 });
    expect(nodeHours({ seconds: 5400 })).toBe(1.5);
  });

  it('is that of a minute at least', () => {
    expect(costByPool([aNode(0, { launchedAtMs: startMs, goneAtMs: epochMs(startMs + 1), microUsdPerHour: microUsd(60_000) })], after(9))).toMatchObject([{ seconds: 60, microUsd: 1000 }]);
  });

  it('says nothing of savings where the price on demand is not known, or was lower', () => {
    const cheap = aNode(0, { market: 'spot', microUsdPerHour: microUsd(9), onDemandMicroUsdPerHour: microUsd(3) });
    expect(costByPool([cheap, aNode(1, { market: 'spot' })], nowMs).every(({ savedMicroUsd }) => savedMicroUsd === 0)).toBe(true);
  });

  it('is the same however nodes are spread over attempts', () => {
    fc.assert(fc.property(fc.array(fc.array(node, { maxLength: 6 }), { maxLength: 5 }), (attempts) => {
      const whole = costByPool(attempts.flat(), nowMs);
      expect(addCosts(...attempts.map((nodes) => costByPool(nodes, nowMs)))).toEqual(whole);
      expect(totalCost(whole)).toEqual(attempts.flat().map((one) => totalCost(costByPool([one], nowMs))).reduce((sum, one) => ({
        nodes: sum.nodes + one.nodes, seconds: sum.seconds + one.seconds,
        microUsd: microUsd(sum.microUsd + one.microUsd), savedMicroUsd: microUsd(sum.savedMicroUsd + one.savedMicroUsd),
      }), totalCost([])));
      expect(whole.every((part) => Object.values(part).every((value) => typeof value === 'string' || (Number.isInteger(value) && value >= 0)))).toBe(true);
    }));
  });
});

describe('what a job cost', () => {
  it('is what its ended attempts cost and what goes on, once each', () => {
    fc.assert(fc.property(fc.array(fc.array(node, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), (attempts) => {
      const whole = costByPool(attempts.flat(), nowMs);
      const ended = attempts.slice(0, -1).reduce((job: Parameters<typeof withCost>[0], nodes) => withCost(job, costByPool(nodes, nowMs)), {});
      expect(jobCost(ended, attempts.at(-1) ?? [], nowMs)).toEqual(whole);
      expect(jobCost(withCost(ended, costByPool(attempts.at(-1) ?? [], nowMs)), [], nowMs)).toEqual(whole);
    }));
  });

  it('is nothing where none had machines', () => {
    expect(jobCost({}, [], nowMs)).toEqual([]);
    expect(withCost({}, [])).toEqual({});
  });
});
