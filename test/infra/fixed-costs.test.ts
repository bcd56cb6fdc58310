import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bounds, metricCatalogue, type MetricName } from '../../core/metrics/catalogue.ts';
import { mostSeriesInAll } from '../../core/metrics/series.ts';
import { ofType, sourceRoot, synthesize } from './synthesize.ts';
import { metricsOf, watched } from './watched.ts';

const synthesized = synthesize();
const { resources, observability } = synthesized;
const costs = readFileSync(join(sourceRoot, 'docs/cost.md'), 'utf8');
const count = (of: typeof resources, type: string) => ofType(of, type).length;

/** The number in a column of a table's row. */
function price(line: string, index: number): number {
  return Number(line.split('|')[index]?.replaceAll('*', '').trim().replace('–', '0'));
}

/** The row of the table of fixed costs that begins with this. */
function row(title: string): string {
  return costs.split('\n').find((line) => line.startsWith(`| ${title}`)) ?? '';
}

describe('the list of fixed costs', () => {
  it('adds up', () => {
    const rows = costs.split('## On request')[0]?.split('\n').filter((line) => line.startsWith('| ')) ?? [];
    const sums = rows.findIndex((each) => each.includes('**sum**'));
    for (const index of [2, 3]) {
      const total = rows.slice(1, sums).reduce((cents, each) => cents + Math.round(price(each, index) * 100), 0);
      expect(total).toBe(Math.round(price(rows[sums] ?? '', index) * 100));
    }
  });

  it('has what the template makes: gateways, addresses, endpoints', () => {
    expect([count(resources, 'AWS::EC2::NatGateway'), count(resources, 'AWS::EC2::EIP')]).toEqual([1, 1]);
    const isolated = synthesize({ network: { kind: 'created', egress: 'endpoints' } }).resources;
    const interfaces = ofType(isolated, 'AWS::EC2::VPCEndpoint').filter(([, { Properties }]) => Properties['VpcEndpointType'] === 'Interface');
    expect(interfaces.map(([, { Properties }]) => (Properties['SubnetIds'] as unknown[]).length)).toEqual([3, 3, 3]);
  });

  it('has its alarms, which CloudWatch bills by the metrics that they read, and by those that are composed', () => {
    const { metricAlarms, composites } = watched(synthesized);
    const metrics = metricAlarms.reduce((sum, alarm) => sum + Object.keys(metricsOf(alarm)).length, 0);
    expect(row('alarms')).toContain(`${metrics} metrics × 0.10`);
    expect(row('alarms')).toContain(`${composites.length} composed × 0.50`);
    expect(price(row('alarms'), 2)).toBeCloseTo(metrics * 0.1 + composites.length * 0.5, 5);
    // Those of a budget are on top, where there is one.
    expect(metricAlarms.map((alarm) => alarm['MetricName'])).not.toContain('SpendPerHourUsd');
  });

  it('has its dashboards', () => {
    expect(price(row('dashboard'), 2)).toBe(3 * count(observability.resources, 'AWS::CloudWatch::Dashboard'));
  });

  it('has the metrics that are written without a job, and the most that there can be', () => {
    // Those of a label are on top, where one is configured.
    const idle = (Object.keys(metricCatalogue) as MetricName[])
      .filter((name) => ['scheduler', 'reconciler'].includes(metricCatalogue[name].from) && !metricCatalogue[name].dimensions.some((dimension) => dimension === 'Label'));
    // For one namespace, and each priority class.
    const series = idle.reduce((sum, name) => sum + (metricCatalogue[name].dimensions.some((dimension) => dimension === 'PriorityClass') ? bounds.PriorityClass.values : 1), 0);
    expect(row('metrics')).toContain(`${series} × 0.30`);
    expect(price(row('metrics'), 2)).toBeCloseTo(series * 0.3, 5);
    expect(costs).toContain(`${mostSeriesInAll()} metrics at most`);
  });
});
