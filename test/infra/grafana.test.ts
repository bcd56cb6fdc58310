import { describe, expect, it } from '@jest/globals';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import type { GrafanaDashboard } from '../../lib/observability/dashboards/grafana/dashboard.ts';
import { grafanaFiles } from '../../lib/observability/dashboards/grafana/files.ts';
import { lookups } from '../../lib/observability/dashboards/grafana/names.ts';
import { dashboardsOf, expressionsOf, metricsOf, type Widget } from './dashboard-bodies.ts';
import { synthesize } from './synthesize.ts';

interface Target {
  readonly queryMode: string;
  readonly region: string;
  readonly namespace: string;
  readonly metricName?: string;
  readonly dimensions?: Readonly<Record<string, string | readonly string[]>>;
  readonly statistic?: string;
  readonly expression?: string;
  readonly period?: string;
  readonly refId: string;
  readonly id: string;
  readonly datasource: unknown;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly timeFrom?: string;
}

const configuration = { namespaces: { physics: {}, '*': {} }, telemetry: { costLabel: { key: 'cost-center', values: ['fold'] }, monthlyBudgetUsd: 100 } };
const cloudWatch = dashboardsOf(configuration);
const grafana = grafanaFiles(parseConfiguration(configuration, 'test', 'us-east-1'));
const names = [...cloudWatch.keys()];

const grafanaOf = (name: string): GrafanaDashboard => grafana.get(`${name}.json`) as GrafanaDashboard;
const panelsOf = (dashboard: GrafanaDashboard): readonly Panel[] => (dashboard.panels as unknown as readonly Panel[]).filter(({ type }) => type !== 'row');
const shownIn = (name: string): readonly Widget[] => cloudWatch.get(name)?.widgets ?? [];

/** Without what each renderer has in words of its own: units in titles, names of resources, ids of placeholders. */
const title = (text: unknown): string => String(text).replace(/ \([A-Za-z%/]+\)$/, '');
const query = (text: unknown): string => String(text).replace(/^SOURCE .*?\| /s, '').replaceAll('0'.repeat(26), '${jobId}').replaceAll(/\s*\n\s*\|\s*/g, ' | ');
const metric = (namespace: string, name: unknown, dimensions: readonly string[], statistic: unknown): string =>
  [namespace, name, [...dimensions].sort(), statistic].join(' ');

describe('dashboards for Grafana', () => {
  it('are those of CloudWatch', () => {
    expect([...grafana.keys()]).toEqual(names.map((name) => `${name}.json`));
  });

  it.each(names)('%s has the same panels with the same metrics', (name) => {
    const of = (panels: readonly (readonly [string, readonly string[]])[]) => panels.map(([each, metrics]) => [each, [...new Set(metrics)].sort()]);
    const there = shownIn(name).filter(({ type }) => type === 'metric').map((widget) => [title(widget.properties['title']), metricsOf(widget)
      .map((shown) => metric(shown.namespace, shown.name, Object.keys(shown.dimensions), shown.statistic))] as const);
    const here = panelsOf(grafanaOf(name)).filter(({ targets }) => targets?.[0]?.queryMode === 'Metrics').map((panel) => [panel.title, (panel.targets ?? [])
      .filter(({ metricName }) => metricName !== undefined)
      .map((target) => metric(target.namespace, target.metricName, Object.keys(target.dimensions ?? {}), target.statistic))] as const);
    expect(of(here)).toEqual(of(there));
  });

  it.each(names)('%s has the same expressions and the same queries', (name) => {
    const targets = panelsOf(grafanaOf(name)).flatMap((panel) => panel.targets ?? []);
    const queries = targets.filter(({ queryMode }) => queryMode === 'Logs').map(({ expression }) => query(expression));
    expect(queries).toEqual(shownIn(name).filter(({ type }) => type === 'log').map(({ properties }) => query(properties['query'])));
    const expressions = targets.filter(({ queryMode, expression }) => queryMode === 'Metrics' && expression !== '').map(({ expression }) => query(expression));
    expect(expressions).toEqual(shownIn(name).flatMap(expressionsOf).map(query));
  });

  it.each(names)('%s takes its data source as an input, and asks it in the region of the deployment', (name) => {
    const dashboard = grafanaOf(name);
    expect(dashboard).toMatchObject({ __inputs: [{ name: 'DS_CLOUDWATCH', type: 'datasource', pluginId: 'cloudwatch' }] });
    const targets = panelsOf(dashboard).flatMap((panel) => panel.targets ?? []);
    for (const { datasource, region } of targets) {
      expect([datasource, region]).toEqual([{ type: 'cloudwatch', uid: '${DS_CLOUDWATCH}' }, 'us-east-1']);
    }
  });

  it.each(names)('%s has every variable that it names, panels of their own number, and names for queries that are used once', (name) => {
    const dashboard = grafanaOf(name);
    const known = new Set([...(dashboard.templating.list ?? []).map((variable) => variable.name), '__all']);
    const text = JSON.stringify(panelsOf(dashboard));
    for (const [, plain, braced] of text.matchAll(/\$(?:(\w+)|\{(\w+)\})/g)) expect(known).toContain(plain ?? braced);
    const ids = (dashboard.panels as unknown as readonly Panel[]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { targets = [] } of panelsOf(dashboard)) {
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { id, queryMode } of targets) if (queryMode === 'Metrics') expect(id).toMatch(/^[a-z]\w*$/);
    }
  });

  it.each(names)('%s names no variable where Grafana fills in none: within a list, or as a period', (name) => {
    for (const { dimensions = {}, period = '' } of panelsOf(grafanaOf(name)).flatMap((panel) => panel.targets ?? [])) {
      expect(period).toMatch(/^\d*$/);
      for (const value of Object.values(dimensions)) if (typeof value !== 'string') expect(value.join(' ')).not.toContain('$');
    }
  });

  it.each(names)('%s has numbers that are of one time, which is told beside the title', (name) => {
    const seconds = { h: 3600, d: 86_400 };
    for (const { type, timeFrom = '', targets = [] } of panelsOf(grafanaOf(name))) {
      if (type !== 'stat') continue;
      const time = Number(timeFrom.slice(0, -1)) * seconds[timeFrom.slice(-1) as 'h' | 'd'];
      expect(targets.map(({ period }) => Number(period))).toEqual(targets.map(() => time));
    }
  });

  it.each(names)('%s lies within the grid, no panel upon another', (name) => {
    const cells = (grafanaOf(name).panels as unknown as readonly Panel[]).flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...cells.map((cell) => Number(cell.split(',')[0])))).toBeLessThan(24);
  });

  it('ask for a job in a box', () => {
    expect(grafanaOf('orchestrator-job').templating.list).toContainEqual(expect.objectContaining({ type: 'textbox', name: 'jobId' }));
    expect(JSON.stringify(grafanaOf('orchestrator-job'))).not.toContain('0'.repeat(26));
  });

  it('colour the map of offerings, a column for each zone', () => {
    const [map] = panelsOf(grafanaOf('orchestrator-capacity')) as unknown as { fieldConfig: { overrides: { matcher: { options: string } }[] } }[];
    expect(map?.fieldConfig.overrides.map(({ matcher }) => matcher.options)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  });
});

describe('names that Grafana looks up', () => {
  const { resources } = synthesize();
  const types: Readonly<Record<string, string>> = { 'AWS/Lambda': 'Function', 'AWS/SQS': 'Queue', 'AWS/DynamoDB': 'Table' };

  /** As CloudFormation makes them: the stack, the logical id, twelve characters; logical ids give way where it is too long. */
  const physical = (stack: string, logicalId: string, most: number): string => `${`${stack}-${logicalId}`.slice(0, most - 13)}-ABCDEFGHIJKL`;

  it.each(['orchestrator', 'o'.repeat(28)])('are those of the template, each of one resource or of all of a kind: %s', (stack) => {
    for (const [name, lookup] of Object.entries(lookups)) {
      if (name === 'stateMachine') continue;
      const isLog = 'logGroups' in lookup;
      const type = isLog ? 'LogGroup' : types[lookup.namespace];
      const all = Object.entries(resources).filter(([, { Type }]) => Type.endsWith(`::${type}`)).map(([id]) => physical(stack, id, isLog ? 512 : 64));
      const found = all.filter((each) => (isLog ? each.startsWith(`${stack}-${lookup.logGroups}`) : new RegExp(lookup.matches(stack)).test(each)));
      expect([name, found.length]).toEqual([name, isLog || lookup.several !== true ? 1 : all.length]);
    }
  });
});
