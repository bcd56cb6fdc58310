import { capacityDashboard } from './capacity.ts';
import { costDashboard } from './cost.ts';
import { jobDashboard } from './job.ts';
import type { DashboardDefinition } from './model.ts';
import type { Observed } from './observed.ts';
import { queueDashboard } from './queue.ts';
import { serviceDashboard } from './service.ts';

/** Which dashboards a deployment has. */
export type DashboardChoice = 'all' | 'service' | 'none';

/** A deployment's dashboards, that of operators first. */
export function dashboardDefinitions(seen: Observed, choice: DashboardChoice = 'all'): readonly DashboardDefinition[] {
  switch (choice) {
    case 'none': return [];
    case 'service': return [serviceDashboard(seen)];
    case 'all': return [serviceDashboard, queueDashboard, capacityDashboard, costDashboard, jobDashboard].map((define) => define(seen));
  }
}

/** The name of a dashboard, among all of the account. */
export function dashboardName(deployment: string, suffix: string): string {
  return suffix === '' ? deployment : `${deployment}-${suffix}`;
}
