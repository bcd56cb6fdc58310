import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import type { ShareUse, UsageBase } from '../../../../core/scheduling/snapshot.ts';
import { chargeForRelease, chargeForStart, rebase, rebased, usageAt, usageBase, usageBetween } from '../../../../core/scheduling/usage.ts';
import { amountsOf, aDemand, aUse, hours, NOW } from '../../../builders/scheduling.ts';

const WEEK = hours(168);
const base = usageBase(NOW, WEEK);

/** A job that holds `rate` from `sinceMs` to `untilMs` and costs what was expected, if not said otherwise. */
interface Run {
  readonly rate: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly costMicroUsd?: number;
}

const weightOf = (atMs: number, { landmarkMs, halfLifeMs }: UsageBase): number => 2 ** ((atMs - landmarkMs) / halfLifeMs);
const costOf = ({ rate, sinceMs, untilMs, costMicroUsd }: Run): number => costMicroUsd ?? (rate * (untilMs - sinceMs)) / hours(1);

function startOf(use: ShareUse, { rate, sinceMs }: Run): ShareUse {
  return { ...use, microUsdPerHour: microUsd(use.microUsdPerHour + rate), usage: use.usage + chargeForStart(rate, epochMs(sinceMs), use) };
}

function endOf(use: ShareUse, run: Run): ShareUse {
  const amounts = amountsOf(aDemand({ microUsdPerHour: run.rate }));
  const hold = { sinceMs: epochMs(run.sinceMs), endsByMs: epochMs(run.untilMs), quotas: {} };
  const charge = chargeForRelease({ amounts, hold, atMs: epochMs(run.untilMs), costMicroUsd: microUsd(costOf(run)) }, use);
  return { ...use, microUsdPerHour: microUsd(use.microUsdPerHour - run.rate), usage: use.usage + charge };
}

/** The weight of each moment times what was spent in it, added up by Simpson's rule. */
function integral({ rate, sinceMs, untilMs }: Run, of: UsageBase): number {
  const steps = 1000;
  const width = (untilMs - sinceMs) / steps;
  const sum = Array.from({ length: steps + 1 }, (_, i) => {
    const factor = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    return factor * weightOf(sinceMs + i * width, of);
  }).reduce((all, term) => all + term, 0);
  return (rate * sum * width) / 3 / hours(1);
}

const aRun = fc
  .record({ rate: fc.integer({ min: 1, max: 50_000_000 }), sinceMs: fc.nat({ max: hours(400) }), lasts: fc.integer({ min: hours(0.1), max: hours(100) }) })
  .map(({ rate, sinceMs, lasts }): Run => ({ rate, sinceMs: NOW - hours(600) + sinceMs, untilMs: NOW - hours(600) + sinceMs + lasts }));
const someRuns = fc.array(aRun, { minLength: 1, maxLength: 8 });
const anHalfLife = fc.integer({ min: hours(6), max: hours(2000) });

/** Within rounding of the largest number that took part. */
function expectAlike(actual: number, expected: number, scale: number = expected): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(scale), Math.abs(expected)));
}

describe('the usage of a leaf', () => {
  it('halves, beside what others use, with each half-life', () => {
    const early: Run = { rate: 1_000_000, sinceMs: NOW, untilMs: NOW + hours(1) };
    const late: Run = { rate: 1_000_000, sinceMs: NOW + WEEK, untilMs: NOW + WEEK + hours(1) };
    const [first, second] = [early, late].map((run) => endOf(startOf(aUse(base), run), run).usage);
    expectAlike((second ?? 0) / (first ?? 1), 2);
  });

  it('is what was spent, each moment weighted by how long ago it is', () => {
    fc.assert(
      fc.property(someRuns, (runs) => {
        const started = runs.reduce(startOf, aUse(base));
        const { usage } = runs.reduce(endOf, started);
        expectAlike(usage, runs.reduce((sum, run) => sum + integral(run, base), 0), usage * 1000);
      }),
    );
  });

  it('counts what still runs up to the moment', () => {
    fc.assert(
      fc.property(aRun, fc.double({ min: 0, max: 1, noNaN: true }), (run, part) => {
        const atMs = epochMs(run.sinceMs + part * (run.untilMs - run.sinceMs));
        const sofar = integral({ ...run, untilMs: atMs }, base);
        expectAlike(usageAt(startOf(aUse(base), run), atMs, base), sofar, usageBetween(run.rate, run.sinceMs, run.untilMs, base) * 1000);
      }),
    );
  });

  it('is corrected at the end to what the machines cost', () => {
    fc.assert(
      fc.property(aRun, fc.integer({ min: 0, max: 100 }), (run, percent) => {
        const cheaper = { ...run, costMicroUsd: (costOf(run) * percent) / 100 };
        const { usage } = endOf(startOf(aUse(base), cheaper), cheaper);
        expectAlike(usage, (integral(run, base) * percent) / 100, integral(run, base) * 1000);
      }),
    );
  });

  it('is nothing for a job that gave its limits back at once and cost nothing', () => {
    const run: Run = { rate: 1_000_000, sinceMs: NOW, untilMs: NOW, costMicroUsd: 0 };
    expect(endOf(startOf(aUse(base), run), run).usage).toBe(0);
  });

  it('is never less than nothing, whatever starts and ends in whatever order', () => {
    fc.assert(
      fc.property(someRuns, fc.nat({ max: hours(600) }), (runs, ago) => {
        const atMs = epochMs(NOW - ago);
        const begun = runs.filter(({ sinceMs }) => sinceMs <= atMs);
        const use = begun.filter(({ untilMs }) => untilMs <= atMs).reduce(endOf, begun.reduce(startOf, aUse(base)));
        expect(usageAt(use, atMs, base)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('another base', () => {
  it('keeps the ratio of two leaves when the landmark moves on', () => {
    fc.assert(
      fc.property(aRun, aRun, fc.nat({ max: 14 }), (a, b, periods) => {
        const later = epochMs(NOW + periods * 64 * WEEK);
        const next = usageBase(later, WEEK);
        const [x, y] = [a, b].map((run) => endOf(startOf(aUse(base), run), run));
        if (x === undefined || y === undefined || usageAt(x, later, next) === 0) return;
        expectAlike(usageAt(y, later, next) / usageAt(x, later, next), usageAt(y, later, base) / usageAt(x, later, base));
      }),
    );
  });

  it('keeps what was used at what it is worth now when the half-life changes', () => {
    fc.assert(
      fc.property(someRuns, anHalfLife, (runs, halfLifeMs) => {
        const next = usageBase(NOW, halfLifeMs);
        const begun = runs.filter(({ sinceMs }) => sinceMs <= NOW);
        const use = begun.filter(({ untilMs }) => untilMs <= NOW).reduce(endOf, begun.reduce(startOf, aUse(base)));
        const worth = (of: UsageBase): number => usageAt(use, NOW, of) / weightOf(NOW, of);
        expectAlike(worth(next), worth(base), use.microUsdPerHour * 5000);
      }),
    );
  });

  it('may come between the start and the end of a job', () => {
    fc.assert(
      fc.property(aRun, anHalfLife, fc.double({ min: 0, max: 1, noNaN: true }), (run, halfLifeMs, part) => {
        const changedMs = epochMs(Math.round(run.sinceMs + part * (run.untilMs - run.sinceMs)));
        const next = usageBase(changedMs, halfLifeMs);
        const started = startOf(aUse(base), run);
        const moved = { ...started, ...next, usage: rebase(started, changedMs, next) };
        const before = (integral({ ...run, untilMs: changedMs }, base) * weightOf(changedMs, next)) / weightOf(changedMs, base);
        const after = integral({ ...run, sinceMs: changedMs }, next);
        expectAlike(endOf(moved, run).usage, before + after, usageBetween(run.rate, run.sinceMs - 50 * Math.max(WEEK, halfLifeMs), run.untilMs, next));
      }),
    );
  });

  it('is named for those leaves only that are kept against another', () => {
    const old = usageBase(epochMs(NOW - 64 * WEEK), WEEK);
    const uses = [aUse({ user: 'ada', ...base, usage: 5 }), aUse({ user: 'bob', ...old, usage: 2 ** 64 * 3 })];
    expect(rebased(uses, NOW, base)).toEqual([expect.objectContaining({ user: 'bob', ...base, usage: 3 })]);
  });

  it('stays one for sixty-four half-lives, so that numbers stay small', () => {
    fc.assert(
      fc.property(anHalfLife, fc.nat({ max: hours(100_000) }), (halfLifeMs, later) => {
        const atMs = epochMs(NOW + later);
        const { landmarkMs } = usageBase(atMs, halfLifeMs);
        expect(atMs - landmarkMs).toBeGreaterThanOrEqual(0);
        expect(atMs - landmarkMs).toBeLessThan(64 * halfLifeMs);
        expect(usageBase(landmarkMs, halfLifeMs).landmarkMs).toBe(landmarkMs);
      }),
    );
  });
});
