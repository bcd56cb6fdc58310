import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { measurement, metricCatalogue, type Measurement } from '../../../core/metrics/catalogue.ts';
import { emfLines } from '../../../core/metrics/emf-lines.ts';
import { measure } from '../../../lambdas/runtime/telemetry.ts';
import { logged, silenceLogs } from '../../builders/logs.ts';

beforeAll(silenceLogs);

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}

/** Lines as CloudWatch reads them: each value with its metric, its dimensions and their values. */
async function written(measurements: readonly Measurement[]) {
  const lines = await logged(async () => measure(measurements));
  return lines.map((line) => {
    const { CloudWatchMetrics } = line['_aws'] as { readonly CloudWatchMetrics: readonly Directive[] };
    return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => Metrics.flatMap(({ Name, Unit }) => Dimensions.map((names) => ({
      Namespace, Name, Unit, dimensions: Object.fromEntries(names.map((name) => [name, line[name]])), values: [line[Name]].flat() as number[],
    }))));
  });
}

describe('measure', () => {
  it('writes a line that CloudWatch makes metrics of, with their dimensions and the common one', async () => {
    expect(await written([measurement('QueueDepth', 3, { Namespace: 'vision' }), measurement('RunningNodes', 0, { Namespace: 'vision' })])).toEqual([[
      { Namespace: 'AdvancedOrchestrator/test', Name: 'QueueDepth', Unit: 'Count', dimensions: { service: 'orchestrator', Namespace: 'vision' }, values: [3] },
      { Namespace: 'AdvancedOrchestrator/test', Name: 'RunningNodes', Unit: 'Count', dimensions: { service: 'orchestrator', Namespace: 'vision' }, values: [0] },
    ]]);
  });

  it('writes what has no dimensions of its own under the common one, once', async () => {
    expect(await written([measurement('Submissions', 1, {})])).toEqual([[expect.objectContaining({ dimensions: { service: 'orchestrator' }, values: [1] })]]);
  });

  it.each([99, 100, 101, 500])('loses none of %i values of a metric, and none of its dimensions', async (count) => {
    const values = Array.from({ length: count }, (_, n) => n);
    const lines = await written(values.flatMap((n) => [measurement('SecondsInState', n, { State: 'RUNNING' }), measurement('SecondsInState', -n, { State: 'PENDING' })]));
    const all = lines.flat();
    expect(all.map(({ dimensions }) => Object.keys(dimensions).toSorted((a, b) => (a < b ? -1 : 1)))).toEqual(all.map(() => ['State', 'service']));
    expect(all.filter(({ dimensions }) => dimensions['State'] === 'RUNNING').flatMap((one) => one.values)).toEqual(values);
    expect(Math.max(...all.map((one) => one.values.length))).toBeLessThanOrEqual(100);
  });

  it('leaves out what is no number and says which metric it was', async () => {
    const lines = await logged(async () => measure([measurement('CycleSeconds', Number.NaN, {}), measurement('JobsStuck', 1, {})]));
    expect(lines).toEqual([expect.objectContaining({ level: 'WARN', metrics: ['CycleSeconds'] }), expect.objectContaining({ JobsStuck: 1 })]);
    expect(lines[1]).not.toHaveProperty('CycleSeconds');
  });

  it('writes nothing of nothing', async () => {
    expect(await logged(async () => measure([]))).toEqual([]);
  });
});

describe('the lines of measurements', () => {
  it('have few enough metrics, whatever is written together', () => {
    expect(Object.keys(metricCatalogue).length).toBeLessThanOrEqual(100);
  });

  it('have every measurement once, one set of dimensions each, and no more values than a line may have', () => {
    const some = fc.array(fc.record({
      name: fc.constantFrom('JobsSubmitted', 'JobsAdmitted', 'QueueDepth' as const), value: fc.nat(), dimensions: fc.record({ Namespace: fc.constantFrom('a', 'b') }),
    }), { maxLength: 1000, size: 'max' });
    fc.assert(fc.property(some, (measurements) => {
      const lines = emfLines(measurements);
      expect(new Set(lines.flat())).toEqual(new Set(measurements));
      expect(lines.flat()).toHaveLength(measurements.length);
      for (const line of lines) {
        expect(new Set(line.map(({ dimensions }) => dimensions['Namespace'])).size).toBe(1);
        expect(Math.max(...[...Map.groupBy(line, ({ name }) => name).values()].map(({ length }) => length))).toBeLessThan(100);
      }
    }), { numRuns: 30 });
  });
});
