import { describe, expect, it } from '@jest/globals';
import { bounds, commonDimensions, metricCatalogue, metricNamespace } from '../../core/metrics/catalogue.ts';
import { fixedDeployment } from '../../lib/configuration/deployment-environment.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { mostNamespaces } from '../../lib/configuration/namespaces.ts';
import { dashboardsOf, metricsOf } from './dashboard-bodies.ts';
import { synthesize } from './synthesize.ts';

const telemetry = { costLabel: { key: 'cost-center', values: ['fold'] }, monthlyBudgetUsd: 100 };
const dashboards = dashboardsOf({ namespaces: { physics: {}, '*': {} }, telemetry });
const widgets = [...dashboards.values()].flatMap((body) => body.widgets);
const ours = widgets.flatMap(metricsOf).filter(({ namespace }) => !namespace.startsWith('AWS/'));

describe('the dashboards of a deployment', () => {
  it('are five, named after it', () => {
    const suffixes = ['', '-queue', '-capacity', '-cost', '-job'];
    expect([...dashboards.keys()]).toEqual(suffixes.map((suffix) => `orchestrator${suffix}`));
  });

  it.each([['service', ['orchestrator']], ['none', []]])('are %s alone where that is configured', (choice, names) => {
    expect([...dashboardsOf({ telemetry: { dashboards: choice } }).keys()]).toEqual(names);
  });

  it('show metrics that the catalogue has, with exactly its dimensions, and each of them', () => {
    for (const { namespace, name, dimensions } of ours) {
      expect(namespace).toBe(metricNamespace('orchestrator'));
      expect(metricCatalogue).toHaveProperty(name);
      const { dimensions: catalogued } = metricCatalogue[name as keyof typeof metricCatalogue];
      expect({ name, dimensions: Object.keys(dimensions).toSorted() }).toEqual({ name, dimensions: ['service', ...catalogued].toSorted() });
      expect(dimensions['service']).toBe(commonDimensions.service);
    }
    expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(Object.keys(metricCatalogue)));
  });

  it('show no more values of a dimension than it may have', () => {
    const shown = Map.groupBy(ours.flatMap(({ dimensions }) => Object.entries(dimensions)), ([dimension]) => dimension);
    for (const [dimension, { values }] of Object.entries(bounds)) {
      expect(new Set(shown.get(dimension)?.map(([, value]) => value)).size).toBeLessThanOrEqual(values);
    }
    expect(new Set(shown.get('Namespace')?.map(([, value]) => value))).toEqual(new Set(['physics', '*']));
    expect(new Set(shown.get('Label')?.map(([, value]) => value))).toEqual(new Set(['fold', 'other']));
  });

  it('name no resource that the stack does not have', () => {
    const { resources, observability } = synthesize();
    const given = Object.keys(observability.template.toJSON()['Parameters'] as object);
    const text = JSON.stringify([...dashboards.values()]);
    const references = new Set([...text.matchAll(/<([^<>]+)>/g)].map(([, name]) => String(name)).filter((name) => !name.startsWith('AWS::')));
    for (const name of references) {
      if (name in observability.resources || name.includes(',')) continue;
      expect(given).toContain(name);
    }
    expect(references.size).toBeGreaterThan(30);
    expect(Object.keys(resources).length).toBeLessThan(500);
  });

  it('lie within the grid, none upon another', () => {
    for (const { widgets: laid } of dashboards.values()) {
      const cells = laid.flatMap(({ x, y, width, height }) => Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`));
      expect(new Set(cells).size).toBe(cells.length);
      for (const { x, width } of laid) expect(x + width).toBeLessThanOrEqual(24);
    }
  });

  it('of a job has a field for its id, which stands in every query', () => {
    const { variables, widgets: laid } = dashboards.get('orchestrator-job') ?? { variables: [], widgets: [] };
    expect(variables).toEqual([expect.objectContaining({ type: 'pattern', inputType: 'input', id: 'jobId' })]);
    const pattern = String(variables?.[0]?.['pattern']);
    const queries = laid.filter(({ type }) => type === 'log').map(({ properties }) => String(properties['query']));
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) expect(query).toContain(`jobId = "${pattern}"`);
  });

  it('say what their panels mean, since widgets have no place for it', () => {
    const texts = widgets.filter(({ type }) => type === 'text').map(({ properties }) => String(properties['markdown']));
    expect(texts.filter((text) => text.includes('Launches of one zone alone'))).toHaveLength(1);
    expect(texts.some((text) => text.includes('*Budget of errors that is left of the last 30 days*: 100: all went well.'))).toBe(true);
  });

  it('of operators has at most the 50 metrics with which CloudWatch takes no money for the first three of an account', () => {
    const { widgets: shown } = dashboards.get('orchestrator') ?? { widgets: [] };
    expect(shown.flatMap(metricsOf).length).toBeLessThanOrEqual(50);
  });

  it('tell zones apart in the map of offerings', () => {
    const [map] = dashboards.get('orchestrator-capacity')?.widgets.filter(({ type }) => type === 'log') ?? [];
    // A launch over several zones says of none how much was missing there.
    expect(String(map?.properties['query'])).toContain('filter zones not like ","');
    for (const zone of ['a', 'b', 'c']) expect(String(map?.properties['query'])).toContain(`as \`us-east-1${zone}\``);
  });
});

describe('where jobs are shown', () => {
  const grafanaUrl = 'https://grafana.example';

  it.each([
    [{}, 'cloudwatch'], [{ dashboards: 'service' }, undefined], [{ dashboards: 'none', grafanaUrl }, { grafanaUrl }], [{ grafanaUrl }, { grafanaUrl }],
  ])('%j: %j', (settings, where) => {
    expect(fixedDeployment(parseConfiguration({ telemetry: settings }, 'test', 'us-east-1')).telemetry.jobDashboard).toEqual(where);
  });
});

describe('with as many namespaces and labels as there may be', () => {
  const namespaces = Object.fromEntries(Array.from({ length: mostNamespaces }, (_, index) => [`team-${index}`.padEnd(40, 'x'), {}]));
  const values = Array.from({ length: bounds.Label.values - 1 }, (_, index) => `label-${index}`.padEnd(63, 'x'));
  const zones = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`);
  const large = dashboardsOf({ namespaces, network: { kind: 'created', zones }, telemetry: { costLabel: { key: 'cost-center', values } } });

  it('dashboards stay below the limits of CloudWatch', () => {
    for (const body of large.values()) {
      expect(body.widgets.length).toBeLessThanOrEqual(500);
      for (const widget of body.widgets) expect(metricsOf(widget).length).toBeLessThanOrEqual(500);
      expect(body.widgets.flatMap(metricsOf).length).toBeLessThanOrEqual(2500);
      expect(JSON.stringify(body).length).toBeLessThan(1_000_000);
    }
  });

  it('queries stay below the 10,000 characters of Logs Insights', () => {
    for (const { properties } of [...large.values()].flatMap((body) => body.widgets)) {
      expect((JSON.stringify(properties['query']) ?? '').length).toBeLessThan(10_000);
    }
  });
});
