import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { metricsReference } from '../../../../core/metrics/reference.ts';
import { metricNames, mostSeries, mostSeriesInAll } from '../../../../core/metrics/series.ts';
import { root, textOf } from '../../docs/pages.ts';

const product = globSync('{core,lambdas}/**/*.ts', { cwd: root }).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

describe('the reference of metrics', () => {
  it('is what docs/metrics.md says', () => {
    expect(textOf('docs/metrics.md')).toBe(metricsReference());
  });

  it('says of each metric how many there are at most', () => {
    expect([mostSeries('JobsStuck'), mostSeries('QueueDepth'), mostSeries('SecondsInState')]).toEqual([1, 21, 13]);
    expect(mostSeriesInAll()).toBe(metricNames.reduce((sum, name) => sum + mostSeries(name), 0));
  });
});

describe('the catalogue of metrics', () => {
  it.each(metricNames)('has %s, which is written somewhere', (name) => {
    expect(product.filter(({ text }) => text.includes(`measurement('${name}'`)).map(({ file }) => file)).not.toEqual([]);
  });

  it('has all that is written: one place makes lines of metrics', () => {
    const writers = product.filter(({ text }) => /aws-lambda-powertools\/metrics|\bPutMetricData|CloudWatchMetrics\b/.test(text));
    expect(writers.map(({ file }) => file)).toEqual(['lambdas/runtime/telemetry.ts']);
  });
});
