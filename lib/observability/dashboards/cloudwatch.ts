import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget, Dashboard, DashboardVariable, GraphWidget, LogQueryVisualizationType, LogQueryWidget, MathExpression, Metric, PeriodOverride,
  SingleValueWidget, TextWidget, VariableInputType, VariableType, DefaultValue, type IAlarm, type IMetric, type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { searchExpression } from './cloudwatch-search.ts';
import { dashboardName } from './definitions.ts';
import { distinct } from './distinct.ts';
import type { DashboardDefinition, MetricSource, Panel, SearchSource, Series, Unit, Variable } from './model.ts';

const period = Duration.minutes(5);

const units: Readonly<Record<Unit, string>> = {
  count: 'Count', seconds: 's', milliseconds: 'ms', usd: 'USD', usdPerHour: 'USD/h', percent: '%', bytes: 'Bytes',
};

/** A dashboard of CloudWatch, by the deployment's name and the definition's suffix. */
export function cloudWatchDashboard(scope: Construct, deployment: string, definition: DashboardDefinition, alarms: readonly IAlarm[]): Dashboard {
  const { suffix, hours, variables, rows } = definition;
  return new Dashboard(scope, `Dashboard${suffix === '' ? '' : `-${suffix}`}`, {
    dashboardName: dashboardName(deployment, suffix),
    defaultInterval: Duration.hours(hours),
    periodOverride: PeriodOverride.AUTO,
    variables: variables.map(typedIn),
    widgets: rows.flatMap(({ title, panels }) => [
      [heading(title, panels)],
      panels.map((panel) => widget(panel, alarms)),
    ]),
  });
}

/** The row's title, and what its panels say of themselves: other widgets have no place for it. */
function heading(title: string, panels: readonly Panel[]): TextWidget {
  const told = panels.flatMap((panel) => (panel.description === undefined ? [] : [`*${panel.title}*: ${panel.description}`]));
  return new TextWidget({ markdown: [`## ${title}`, ...told].join('\n\n'), width: 24, height: 1 + told.length });
}

function typedIn({ id, label, placeholder }: Variable): DashboardVariable {
  return new DashboardVariable({
    id, label, type: VariableType.PATTERN, value: placeholder, inputType: VariableInputType.INPUT, defaultValue: DefaultValue.value(placeholder),
  });
}

function widget(panel: Panel, alarms: readonly IAlarm[]): IWidget {
  const { title, width, height } = panel;
  switch (panel.kind) {
    case 'alarms': return new AlarmStatusWidget({ title, width, height, alarms: [...alarms] });
    case 'text': return new TextWidget({ markdown: panel.markdown, width, height });
    case 'graph': return new GraphWidget({
      title, width, height, left: metrics(panel.series), stacked: panel.stacked ?? false, leftYAxis: { label: units[panel.unit], showUnits: false },
    });
    case 'number': return new SingleValueWidget({
      title: `${title} (${units[panel.unit]})`, width, height, metrics: metrics(panel.series), setPeriodToTimeRange: true,
      ...(panel.days === undefined ? {} : { start: `-P${panel.days}D` }),
    });
    case 'table':
    case 'bars': return new LogQueryWidget({
      title, width, height, logGroupNames: [panel.logs.logGroup], queryLines: [...panel.logs.query],
      view: panel.kind === 'table' ? LogQueryVisualizationType.TABLE : LogQueryVisualizationType.BAR,
    });
  }
}

function metrics(series: readonly Series[]): IMetric[] {
  return distinct(series).flatMap((source): IMetric[] => {
    switch (source.kind) {
      case 'metric': return each(source);
      case 'search': return [search(source)];
      case 'math': {
        const usingMetrics = Object.fromEntries(Object.entries(source.using).map(([id, part]) => [id, metric(part)]));
        return [new MathExpression({ expression: source.expression, usingMetrics, label: source.label, period })];
      }
    }
  });
}

/** CloudWatch has no list of values: a metric for each. */
function each(source: MetricSource): Metric[] {
  const { over } = source;
  if (over === undefined) return [metric(source)];
  return over.values.map(({ value, label }) => metric({ ...source, label, dimensions: { ...source.dimensions, [over.dimension]: value } }));
}

function metric({ namespace, name, dimensions, statistic, label }: MetricSource): Metric {
  return new Metric({ namespace, metricName: name, dimensionsMap: { ...dimensions }, statistic, label, period });
}

function search(source: SearchSource): MathExpression {
  return new MathExpression({ expression: searchExpression(source), usingMetrics: {}, label: source.label, period });
}
