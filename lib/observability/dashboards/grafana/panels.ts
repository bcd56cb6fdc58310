import { PanelBuilder as BarPanelBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode, BigValueTextMode, ReduceDataOptionsBuilder, StackingConfigBuilder, StackingMode, TableCellDisplayMode, VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode, type DynamicConfigValue, type GridPos, type Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextPanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimePanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { BarPanel, GraphPanel, NumberPanel, Panel, TablePanel, Unit } from '../model.ts';
import { cloudWatch } from './datasource.ts';
import { logTarget, metricTargets } from './targets.ts';

const units: Readonly<Record<Unit, string>> = {
  count: 'short', seconds: 's', milliseconds: 'ms', usd: 'currencyUSD', usdPerHour: 'currencyUSD', percent: 'percent', bytes: 'bytes',
};

/** Where a panel is shown. */
export interface Place {
  readonly region: string;
  /** Hours that the dashboard looks back at first. */
  readonly hours: number;
  /** The console's page of the deployment's alarms. */
  readonly alarmsUrl: string;
}

/** What all builders of panels have. */
export interface PlacedPanel extends Builder<GrafanaPanel> {
  title(title: string): this;
  description(description: string): this;
  gridPos(place: GridPos): this;
  id(id: number): this;
}

/** A panel of Grafana, that has neither a number nor a place yet. */
export function grafanaPanel(panel: Panel, place: Place): PlacedPanel {
  const built = panelOf(panel, place).title(panel.title);
  return panel.description === undefined ? built : built.description(panel.description);
}

function panelOf(panel: Panel, { region, hours, alarmsUrl }: Place): PlacedPanel {
  switch (panel.kind) {
    case 'graph': return graph(panel, region);
    case 'number': return numbers(panel, region, hours);
    case 'table': return table(panel, region);
    case 'bars': return bars(panel, region);
    case 'text': return new TextPanelBuilder().mode(TextMode.Markdown).content(panel.markdown);
    case 'alarms': return new TextPanelBuilder().mode(TextMode.Markdown)
      .content(`[Alarms in CloudWatch](${alarmsUrl})`);
  }
}

function graph({ series, unit, stacked = false }: GraphPanel, region: string): PlacedPanel {
  const built = new TimePanelBuilder().datasource(cloudWatch).unit(units[unit]).targets([...metricTargets(series, region, '')]);
  return stacked ? built.fillOpacity(30).stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')) : built;
}

/**
 * One value for a time of its own, as long as the dashboard's at first: the data source knows no variable for the time that is
 * looked at. The first value, for a second bucket would hold its last minutes only.
 */
function numbers({ series, unit, days }: NumberPanel, region: string, hours: number): PlacedPanel {
  return new StatPanelBuilder().datasource(cloudWatch).unit(units[unit])
    .targets([...metricTargets(series, region, `${days === undefined ? hours * 3600 : days * 86_400}`)])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['firstNotNull']).fields('').values(false))
    .graphMode(BigValueGraphMode.None).textMode(BigValueTextMode.ValueAndName)
    .timeFrom(days === undefined ? `${hours}h` : `${days}d`);
}

function table({ logs, heat = [] }: TablePanel, region: string): PlacedPanel {
  const built = new TablePanelBuilder().datasource(cloudWatch).filterable(true).withTarget(logTarget(logs, region));
  return heat.reduce((so, column) => so.overrideByName(column, heated()), built);
}

/** Green, yellow, red: how much of what was asked for was not to be had. */
function heated(): DynamicConfigValue[] {
  const steps = [{ value: null, color: 'green' }, { value: 20, color: 'yellow' }, { value: 60, color: 'orange' }, { value: 90, color: 'red' }];
  return [
    { id: 'unit', value: 'percent' },
    { id: 'decimals', value: 0 },
    { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorBackground, mode: 'basic' } },
    { id: 'thresholds', value: new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps).build() },
  ];
}

function bars({ logs, unit }: BarPanel, region: string): PlacedPanel {
  return new BarPanelBuilder().datasource(cloudWatch).unit(units[unit]).orientation(VizOrientation.Horizontal).withTarget(logTarget(logs, region));
}
