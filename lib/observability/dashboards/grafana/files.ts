import type { DeploymentConfiguration } from '../../../configuration/schema.ts';
import { dashboardDefinitions, dashboardName } from '../definitions.ts';
import { observed } from '../observed.ts';
import { grafanaDashboard, type GrafanaDashboard } from './dashboard.ts';
import { grafanaNames } from './names.ts';

/** All dashboards of a deployment for Grafana, by the names of their files: those that CloudWatch does without, too. */
export function grafanaFiles(configuration: DeploymentConfiguration): ReadonlyMap<string, GrafanaDashboard> {
  const { name, region } = configuration;
  const definitions = dashboardDefinitions(observed(configuration, grafanaNames));
  return new Map(definitions.map((definition) => [
    `${dashboardName(name, definition.suffix)}.json`, grafanaDashboard(definition, { deployment: name, region }),
  ]));
}
