import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { telemetryConfiguration } from '../../lib/configuration/telemetry.ts';
import { budgetLeft, burnRate, worstBurnRate, type Calculation } from '../../lib/observability/burn-rate.ts';
import { sloReference } from '../../lib/observability/slo-reference.ts';
import { budgetBurns, burningUsdPerHour, serviceLevels, watchedLevels, type ServiceLevel } from '../../lib/observability/slo.ts';
import { sourceRoot, synthesize } from './synthesize.ts';
import { expressionOf, metricsOf, watched } from './watched.ts';

const defaults = telemetryConfiguration.parse({});
const levels = serviceLevels(defaults);
const synthesized = synthesize({ telemetry: { monthlyBudgetUsd: 730, objectives: { submissionSeconds: 5, capacityMinutes: { urgent: 1 } } } });
const { observability: { resources } } = synthesized;
const { metricAlarms, composites, parts } = watched(synthesized);

/** Each run has a context of its own, which takes a millisecond. */
const few = { numRuns: 25 };

/** What was counted: so many in all, so many of them bad. */
interface Counts {
  readonly bad: number;
  readonly all: number;
}

/** Values of the metrics that an indicator reads, as CloudWatch has them of so many events. */
function values({ indicator }: ServiceLevel, { bad, all }: Counts): Readonly<Record<string, number>> {
  if (indicator.kind === 'durations') return { within: 100 * (all - bad) / all, count: all };
  const rest = Object.fromEntries(indicator.all.map((_, index) => [`all${index}`, index === 0 ? all : 0]));
  return { bad, ...rest };
}

/** Metric math is JavaScript where there are only these functions. */
function evaluated({ expression }: Pick<Calculation, 'expression'>, at: Readonly<Record<string, number>>): number {
  const functions = {
    MAX: (each: readonly number[]) => Math.max(...each),
    IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no), FILL: (value: number | undefined, otherwise: number) => value ?? otherwise,
  };
  return Number(runInNewContext(expression, { ...functions, ...at }));
}

const counts = fc.integer({ min: 1, max: 100_000 }).chain((all) => fc.record({ all: fc.constant(all), bad: fc.integer({ min: 0, max: all }) }));

describe.each(levels.map((level) => [level.id, level] as const))('%s', (_, level) => {
  it('burns as many times as fast as its budget allows as there are bad ones too many', () => {
    fc.assert(fc.property(counts, (seen) => {
      const rate = evaluated(burnRate(level), values(level, seen));
      expect(rate * (1 - level.target)).toBeCloseTo(seen.bad / seen.all, 6);
      expect(evaluated(budgetLeft(level), values(level, seen))).toBeCloseTo(100 * (1 - rate), 4);
    }), few);
  });

  it('does not burn for fewer bad ones than tell something, however few there were in all', () => {
    fc.assert(fc.property(counts, fc.integer({ min: 1, max: 10 }), (seen, least) => {
      const rate = evaluated(burnRate(level, least), values(level, seen));
      expect(rate).toBe(seen.bad < least ? 0 : evaluated(burnRate(level), values(level, seen)));
    }), few);
  });

  it('has alarms that can ring: when everything is bad, each of its burns is reached', () => {
    for (const { factor, longMinutes, shortMinutes } of level.burns) {
      expect(evaluated(burnRate(level), values(level, { all: 10, bad: 10 }))).toBeGreaterThan(factor);
      expect(shortMinutes * 12).toBe(longMinutes);
    }
  });
});

describe('burn-rate alarms', () => {
  it('are two for each burn, over its two windows, and one that asks for both', () => {
    const alarms = watchedLevels(levels);
    expect([parts.length, composites.length]).toEqual([2 * alarms.length, alarms.length]);
    for (const alarm of composites) {
      const [long, short] = [...JSON.stringify(alarm['AlarmRule']).matchAll(/"(Alarms\w+)"/g)].map(([, id = '']) => resources[id]?.Properties ?? {});
      expect(JSON.stringify(alarm['AlarmRule'])).toContain(' AND ');
      const periods = [long, short].map((part) => Object.values(metricsOf(part ?? {}))[0]?.Period);
      expect(periods[0]).toBe(12 * (periods[1] ?? 0));
      expect(expressionOf(long ?? {})).toMatch(/^(?:MAX\(\[)?IF\(/);
      expect(long?.['Threshold']).toBe(short?.['Threshold']);
    }
  });

  it('go by the level that burns fastest, where they are of several', () => {
    const [capacity] = watchedLevels(levels).filter(({ id }) => id === 'TimeToCapacitySlow');
    expect(capacity?.levels.length).toBe(4);
    const several = capacity?.levels ?? [];
    fc.assert(fc.property(fc.array(counts, { minLength: 4, maxLength: 4 }), (seen) => {
      const each = several.map((level, index) => values(level, seen[index] ?? { bad: 0, all: 1 }));
      const named = Object.assign({}, ...each.map((at, index) => Object.fromEntries(Object.entries(at).map(([name, value]) => [`${name}${index}`, value])))) as Record<string, number>;
      expect(evaluated(worstBurnRate(several, 3), named)).toBe(Math.max(...several.map((level, index) => evaluated(burnRate(level, 3), each[index] ?? {}))));
    }), few);
  });

  it('go by the objectives that the deployment sets', () => {
    const statistics = new Set(parts.flatMap((part) => Object.values(metricsOf(part))).map(({ MetricName, Stat, Dimensions }) => `${MetricName} ${Stat} ${Dimensions.map(({ Value }) => Value).join(' ')}`));
    expect(statistics).toContain('SubmissionSeconds PR(:5) orchestrator');
    expect([...statistics].filter((each) => each.includes('PR(:60)') && each.includes('urgent'))).toHaveLength(1);
  });
});

describe('jobs that have no machines yet', () => {
  it('ring when one of them has waited for as long as its priority class is promised', () => {
    const [alarm] = metricAlarms.filter((each) => String(each['AlarmName']).endsWith('-CapacityWait'));
    const metrics = metricsOf(alarm ?? {});
    const at = (waited: Readonly<Record<string, number>>) => evaluated({ expression: expressionOf(alarm ?? {}) ?? '' },
      Object.fromEntries(Object.entries(metrics).map(([id, { Dimensions }]) => [id, waited[String(Dimensions.find(({ Name }) => Name === 'PriorityClass')?.Value)] ?? 0])));
    expect(alarm).toMatchObject({ Threshold: 1 });
    expect([at({ urgent: 60 }), at({ high: 900, low: 43_200 }), at({ normal: 28_800 }), at({})]).toEqual([1, 0.5, 2, 0]);
  });
});

describe('the budget', () => {
  const spend = metricAlarms.filter((alarm) => alarm['MetricName'] === 'SpendPerHourUsd');

  it('rings when it is used up so many times as fast as a month has hours', () => {
    expect(spend.map(({ Threshold, Period, EvaluationPeriods }) => [Threshold, Period, EvaluationPeriods])).toEqual([[6, 21_600, 1], [1.5, 86_400, 3]]);
    fc.assert(fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), (usd) => {
      for (const burn of budgetBurns) expect(burningUsdPerHour(usd, burn) * 730 / (usd * burn.factor)).toBeCloseTo(1, 4);
    }));
  });
});

describe('what a deployment promises', () => {
  it('is documented as it is', () => {
    expect(readFileSync(join(sourceRoot, 'docs/slo.md'), 'utf8')).toBe(sloReference(defaults));
  });
});
