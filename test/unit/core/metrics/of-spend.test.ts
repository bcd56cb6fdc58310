import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Measurement, MetricName } from '../../../../core/metrics/catalogue.ts';
import type { MeasuredDeployment } from '../../../../core/metrics/of-end.ts';
import { spendMeasurements, type JobSpend } from '../../../../core/metrics/of-spend.ts';
import { mostSeries } from '../../../../core/metrics/series.ts';

const namespaces = { lattice: {}, '*': {} };
const telemetry = { costLabel: { key: 'cost-center', values: ['fold', 'dock'] } };
const deployment: MeasuredDeployment = { namespaces, telemetry };

const spend = (namespace: string, microUsdPerHour: number, costCenter?: string): JobSpend =>
  ({ namespace, microUsdPerHour, labels: costCenter === undefined ? {} : { 'cost-center': costCenter } });

/** Values by metric and its dimension: `CostPerHourUsd lattice`. */
const measured = (of: MeasuredDeployment, jobs: readonly JobSpend[]) =>
  Object.fromEntries(spendMeasurements(of, jobs).map(({ name, dimensions, value }) => [[name, ...Object.values(dimensions)].join(' '), value]));

const valuesOf = (measurements: readonly Measurement[], metric: MetricName): readonly number[] => measurements.filter(({ name }) => name === metric).map(({ value }) => value);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('what jobs cost an hour', () => {
  it('is zero where none holds machines, for all that the configuration names', () => {
    expect(measured(deployment, [])).toEqual({
      'CostPerHourUsd lattice': 0, 'CostPerHourUsd *': 0,
      'CostPerHourUsdByLabel fold': 0, 'CostPerHourUsdByLabel dock': 0, 'CostPerHourUsdByLabel other': 0, SpendPerHourUsd: 0,
    });
  });

  it('is told by namespace and by the value of the label, what has no name of its own under * and other', () => {
    const jobs = [spend('lattice', 1_500_000, 'fold'), spend('quarks', 250_000, 'fold'), spend('constructor', 250_000, 'tea'), spend('lattice', 2_000_000)];
    expect(measured(deployment, jobs)).toEqual({
      'CostPerHourUsd lattice': 3.5, 'CostPerHourUsd *': 0.5,
      'CostPerHourUsdByLabel fold': 1.75, 'CostPerHourUsdByLabel dock': 0, 'CostPerHourUsdByLabel other': 2.25, SpendPerHourUsd: 4,
    });
  });

  it('is told by no label where none is configured', () => {
    expect(measured({ namespaces, telemetry: {} }, [spend('lattice', 1_000_000, 'fold')])).toEqual({ 'CostPerHourUsd lattice': 1, 'CostPerHourUsd *': 0, SpendPerHourUsd: 1 });
  });

  it('adds up to what its jobs cost, by namespace as by label, in no more sets of dimensions than are paid for', () => {
    const name = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom('constructor', '__proto__', 'other', '*'));
    const job = fc.record({ namespace: name, labels: fc.dictionary(name, name, { maxKeys: 3 }), microUsdPerHour: fc.integer({ min: 0, max: 1e9 }) });
    const configured = fc.record({ named: fc.uniqueArray(name, { maxLength: 20 }), key: name, values: fc.array(name, { minLength: 1, maxLength: 50 }) });
    fc.assert(fc.property(configured, fc.array(job, { maxLength: 60 }), ({ named, key, values }, jobs) => {
      const measurements = spendMeasurements({ namespaces: Object.fromEntries(named.map((one) => [one, {}])), telemetry: { costLabel: { key, values } } }, jobs);
      const usd = jobs.reduce((sum, { microUsdPerHour }) => sum + microUsdPerHour, 0) / 1e6;
      for (const metric of ['CostPerHourUsd', 'CostPerHourUsdByLabel', 'SpendPerHourUsd'] as const) {
        const each = valuesOf(measurements, metric);
        expect(sumOf(each)).toBeCloseTo(usd, 6);
        expect(each.length).toBeLessThanOrEqual(mostSeries(metric));
      }
    }));
  });
});
