import {
  DashboardBuilder, DashboardLinkBuilder, DashboardLinkType, DatasourceVariableBuilder, RowBuilder, TextBoxVariableBuilder,
  VariableHide, defaultGridPos, type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { consoleUrl } from '../../../../core/api/console.ts';
import { dashboardName } from '../definitions.ts';
import type { DashboardDefinition, Row } from '../model.ts';
import { inputName } from './datasource.ts';
import { layOut } from './layout.ts';
import { nameVariables } from './names.ts';
import { grafanaPanel, type Place } from './panels.ts';

/** Grafana's cells are lower than CloudWatch's: panels take one more. */
const CELL = 1;

/** Where a dashboard's data are. */
export interface GrafanaSite {
  readonly deployment: string;
  readonly region: string;
}

/** A dashboard as Grafana imports it: which data source it takes is asked for. */
export type GrafanaDashboard = Dashboard & { readonly __inputs: readonly unknown[]; readonly __requires: readonly unknown[] };

/**
 * The same dashboard for Grafana 11 and later, as plain JSON. Names that CloudFormation makes are looked up by Grafana.
 *
 * @param definition made with `grafanaNames`.
 */
export function grafanaDashboard(definition: DashboardDefinition, { deployment, region }: GrafanaSite): GrafanaDashboard {
  const builder = new DashboardBuilder(`${deployment}: ${definition.title}`)
    .uid(dashboardName(deployment, definition.suffix)).tags(['advanced-orchestrator', deployment]).timezone('browser')
    .time({ from: `now-${definition.hours}h`, to: 'now' }).refresh('')
    .link(new DashboardLinkBuilder('Dashboards').type(DashboardLinkType.Dashboards).tags([deployment]).asDropdown(true).keepTime(true))
    .withVariable(new DatasourceVariableBuilder(inputName).label('CloudWatch').type('cloudwatch').hide(VariableHide.HideVariable));
  addRows(builder, definition.rows, { region, hours: definition.hours, alarmsUrl: `${consoleUrl(region, 'cloudwatch')}#alarmsV2:?search=${deployment}-` });
  const text = JSON.stringify(builder.build());
  for (const { id, label } of definition.variables) builder.withVariable(new TextBoxVariableBuilder(id).label(label).defaultValue(''));
  for (const variable of nameVariables(text, deployment, region)) builder.withVariable(variable);
  return { ...imported, ...filledIn(builder.build(), definition) };
}

function addRows(builder: DashboardBuilder, rows: readonly Row[], place: Place): void {
  let id = 0;
  let top = 0;
  for (const { title, panels } of rows) {
    id += 1;
    builder.withRow(new RowBuilder(title).id(id).gridPos({ x: 0, y: top, w: 24, h: 1 }));
    const { places, bottom } = layOut(panels.map(({ width, height }) => ({ width, height: height + CELL })), top + 1);
    for (const [index, panel] of panels.entries()) {
      id += 1;
      builder.withPanel(grafanaPanel(panel, place).id(id).gridPos(places[index] ?? defaultGridPos()));
    }
    top = bottom;
  }
}

/** The reader's text box stands where placeholders did. As plain JSON: builders leave functions in what they build. */
function filledIn(dashboard: Dashboard, { variables }: DashboardDefinition): Dashboard {
  const text = variables.reduce((so, { id, placeholder }) => so.replaceAll(placeholder, `\${${id}}`), JSON.stringify(dashboard));
  return JSON.parse(text) as Dashboard;
}

const imported = {
  __inputs: [{ name: inputName, label: 'CloudWatch', description: 'The account and region of the deployment', type: 'datasource', pluginId: 'cloudwatch', pluginName: 'CloudWatch' }],
  __requires: [
    { type: 'grafana', id: 'grafana', name: 'Grafana', version: '11.0.0' },
    { type: 'datasource', id: 'cloudwatch', name: 'CloudWatch', version: '1.0.0' },
  ],
};
