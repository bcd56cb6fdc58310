import {
  LogGroupBuilder, LogsQueryBuilder, MetricEditorMode, MetricQueryType, MetricsQueryBuilder, QueryMode,
} from '@grafana/grafana-foundation-sdk/cloudwatch';
import { searchExpression } from '../cloudwatch-search.ts';
import { distinct } from '../distinct.ts';
import type { DimensionValue, LogSource, MathSource, MetricSource, Series } from '../model.ts';
import { cloudWatch } from './datasource.ts';

/** How long one value is for: empty, and Grafana chooses by the width of the panel. */
export type Period = '' | `${number}`;

/** Queries for the series of a panel. Parts of an expression are queries that are not shown. */
export function metricTargets(series: readonly Series[], region: string, period: Period): readonly MetricsQueryBuilder[] {
  return distinct(series).flatMap((source, index) => targetsOf(source, index)
    .map((target) => target.region(region).period(period).datasource(cloudWatch)));
}

function targetsOf(source: Series, index: number): readonly MetricsQueryBuilder[] {
  switch (source.kind) {
    case 'metric': return [metric(source).refId(`m${index}`).id(`m${index}`)];
    case 'search': return [code(searchExpression(source), source.label).refId(`s${index}`).id(`s${index}`)];
    case 'math': return [
      ...Object.entries(source.using).map(([id, part]) => metric(part).refId(id).id(id).hide(true)),
      math(source).refId(`x${index}`).id(`x${index}`),
    ];
  }
}

function metric({ namespace, name, dimensions, over, statistic, label }: MetricSource): MetricsQueryBuilder {
  return builder().metricEditorMode(MetricEditorMode.Builder).expression('').namespace(namespace).metricName(name).statistic(statistic).matchExact(true)
    .dimensions({ ...dimensions, ...(over === undefined ? {} : { [over.dimension]: valuesOf(over.values) }) })
    .label(over === undefined ? label : `\${PROP('Dim.${over.dimension}')}`);
}

/** Variables stand alone: Grafana fills in none within a list. To it `*` is any value: it stands for the others, too. */
function valuesOf(values: readonly DimensionValue[]): string | string[] {
  const all = values.map(({ value }) => value);
  return all.find((value) => value === '*' || value.startsWith('$')) ?? all;
}

const math = ({ expression, label }: MathSource): MetricsQueryBuilder => code(expression, label);

function code(expression: string, label: string): MetricsQueryBuilder {
  return builder().metricEditorMode(MetricEditorMode.Code).expression(expression).label(label).statistic('Average').dimensions({}).matchExact(true);
}

const builder = (): MetricsQueryBuilder => new MetricsQueryBuilder().queryMode(QueryMode.Metrics).metricQueryType(MetricQueryType.Search);

/** The query of a table or of bars. */
export function logTarget({ logGroup, query }: LogSource, region: string): LogsQueryBuilder {
  // A variable that lists log groups has their ARNs as values.
  return new LogsQueryBuilder().queryMode(QueryMode.Logs).id('').refId('A').region(region).datasource(cloudWatch)
    .expression(query.join('\n| ')).statsGroups([]).logGroups([new LogGroupBuilder().arn(logGroup).name(logGroup)]);
}
