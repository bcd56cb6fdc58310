import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { chartOf } from '../../../../benchmarks/replay/chart.ts';
import { divide, type Claim } from '../../../../benchmarks/replay/entitlement.ts';
import { contenders } from '../../../../benchmarks/replay/policies.ts';
import { renderReplay } from '../../../../benchmarks/replay/render.ts';
import { runPolicy } from '../../../../benchmarks/replay/run-policy.ts';
import { aLoad, type TestJob } from './sketches.ts';

const HOUR = 3600;

describe('weighted max-min', () => {
  const claim = (cap: number, weight = 1, floor = 0): Claim => ({ weight, floor, cap });

  it('gives everybody what he asks for where there is enough', () => {
    expect(divide(10, [claim(3), claim(4)])).toEqual([3, 4]);
  });

  it('gives what one does not want to the others, by weight', () => {
    expect(divide(12, [claim(2), claim(100, 1), claim(100, 4)])).toEqual([2, 2, 8]);
  });

  it('gives what is guaranteed first', () => {
    expect(divide(10, [claim(10, 1, 8), claim(10), claim(10)])).toEqual([8, 1, 1]);
  });

  it('gives all that there is, to nobody more than he asks for, and to none less than to another who asks for less', () => {
    const claims = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), floor: fc.constant(0), cap: fc.nat(50) }), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(claims, fc.nat(200), (list, amount) => {
      const parts = divide(amount, list);
      const asked = list.reduce((sum, { cap }) => sum + cap, 0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(Math.min(amount, asked), 6);
      const level = Math.max(...parts.map((part, i) => part / (list[i]?.weight ?? 1)));
      for (const [i, { cap, weight }] of list.entries()) {
        expect(parts[i]).toBeLessThanOrEqual(cap + 1e-9);
        expect(Math.abs((parts[i] ?? 0) - Math.min(cap, level * weight))).toBeLessThan(1e-6);
      }
    }));
  });
});

describe('a result', () => {
  const inLine: readonly TestJob[] = [{ runs: 10 }, { runs: 10 }, { runs: 10 }, { runs: 10 }];

  it('says how long jobs waited', () => {
    const { result } = runPolicy(aLoad(1, inLine), 'fifo');
    expect(result).toMatchObject({ waitSeconds: { mean: 15, p50: 10, p90: 30, p99: 30 }, longestWaitSeconds: 30, makespanSeconds: 40, utilisation: 1 });
    expect(result.boundedSlowdown).toBe((1 + 2 + 3 + 4) / 4);
  });

  it('tells what was held in all from what was held while jobs waited', () => {
    const { result } = runPolicy(aLoad(2, [{ runs: 10 }, { units: 2, runs: 10 }]), 'fifo');
    expect(result).toMatchObject({ utilisation: 0.75, utilisationWhileWaiting: 0.5 });
  });

  it('counts a job of a second as one of ten in the slowdown', () => {
    expect(runPolicy(aLoad(1, [{ runs: 9 }, { runs: 1 }]), 'fifo').result.boundedSlowdown).toBe(1);
  });

  it('has no share error where everybody gets what he asks for', () => {
    expect(runPolicy(aLoad(2, [{ user: 'ada' }, { user: 'bob' }]), 'fifo').result.shareError).toBe(0);
  });

  it('has a share error of how far each was from his part', () => {
    // Both are entitled to half an hour of the hour in which both ask. Ada gets all of it, then Bob has what he asks for.
    const { shareError } = runPolicy(aLoad(1, [{ user: 'ada', runs: HOUR }, { user: 'bob', runs: HOUR }]), 'fifo').result;
    const [ada, bob] = [{ hours: 1, error: (1 - 0.5) / 1 }, { hours: 2, error: (1.5 - 1) / 1.5 }];
    expect(shareError).toBeCloseTo((ada.hours * ada.error + bob.hours * bob.error) / 3, 6);
  });

  it('compares what was got and what was due day by day', () => {
    const day = 24 * HOUR;
    const { shareError } = runPolicy(aLoad(1, [{ user: 'ada', runs: day }, { user: 'bob', runs: day }]), 'fifo').result;
    // On the first day Ada gets twice what is due to her, Bob nothing; on the second he alone asks and has all.
    expect(shareError).toBeCloseTo((0.5 + 1 + 0) / 3, 6);
  });

  it('is better by the fair share where one user floods the queue', () => {
    const flood = Array.from({ length: 200 }, (): TestJob => ({ user: 'flooder', runs: HOUR / 6, bound: HOUR / 6 }));
    const others = Array.from({ length: 20 }, (_, i): TestJob => ({ user: `user-${i % 2}`, at: 60 + i * HOUR / 3, runs: HOUR / 6, bound: HOUR / 6 }));
    const load = aLoad(4, [...flood, ...others]);
    const [fifo, fair] = [runPolicy(load, 'fifo+backfill').result, runPolicy(load, 'fair-share+backfill').result];
    expect(fair.shareError).toBeLessThan(fifo.shareError / 2);
    expect(fair.utilisation).toBeGreaterThanOrEqual(fifo.utilisation - 0.01);
  });

  it('is shown in a table and in a chart that name every policy', () => {
    const load = aLoad(1, inLine);
    const runs = contenders.map(({ name }) => runPolicy(load, name));
    const [text, svg] = [renderReplay(load, runs), chartOf(load, runs)];
    expect(svg).toMatch(/^<svg /u);
    for (const { name } of contenders) {
      expect(text).toContain(name);
      expect(svg).toContain(`>${name}<`);
    }
  });
});
