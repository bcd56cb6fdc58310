import type { DashboardDefinition, Panel, Row } from './model.ts';
import type { Observed } from './observed.ts';
import { numbers, stack, table } from './panels.ts';
import { metricsOf } from './sources.ts';
import { spansOf } from './spans.ts';

/** Hours of a month, as AWS counts them. */
const HOURS_PER_MONTH = 730;

/** What jobs cost, at list price, and to whom. */
export function costDashboard(seen: Observed): DashboardDefinition {
  return { suffix: 'cost', title: 'Cost', hours: 7 * 24, variables: [], rows: [now(seen), ended(seen)] };
}

function now(seen: Observed): Row {
  const metrics = metricsOf(seen.deployment);
  const { costLabel, namespaces } = seen;
  return {
    title: 'What runs',
    panels: [
      stack('What machines cost now, by namespace', 'usdPerHour', [metrics.by('CostPerHourUsd', 'Namespace', namespaces, 'Maximum')],
        'At list price: of nodes that of their market; of a gang that is not whole yet the most that it can cost.'),
      ...costLabel === undefined ? [] : [
        stack(`What machines cost now, by ${costLabel.key}`, 'usdPerHour', [metrics.by('CostPerHourUsdByLabel', 'Label', costLabel.values, 'Maximum')]),
      ],
      { ...numbers('An hour, on average and at most', 'usdPerHour', [
        metrics.of('SpendPerHourUsd', 'Average', 'average'), metrics.of('SpendPerHourUsd', 'Maximum', 'most'),
      ]), height: 6 },
      ...budget(seen),
    ],
  };
}

/** How fast the month's budget is used up: at 100 it lasts for the month. */
function budget({ deployment, monthlyBudgetUsd }: Observed): readonly Panel[] {
  if (monthlyBudgetUsd === undefined) return [];
  const spend = metricsOf(deployment).of('SpendPerHourUsd', 'Average', 'spend');
  return [{
    kind: 'graph', width: 8, height: 6, title: `Pace of the budget (${monthlyBudgetUsd} USD a month)`, unit: 'percent',
    description: 'At 100 what runs uses up the budget exactly in a month.',
    series: [{ kind: 'math', label: 'pace', expression: `100 * spend * ${HOURS_PER_MONTH} / ${monthlyBudgetUsd}`, using: { spend } }],
  }];
}

function ended(seen: Observed): Row {
  const metrics = metricsOf(seen.deployment);
  const { costLabel, namespaces } = seen;
  return {
    title: 'Jobs that have ended',
    panels: [
      stack('By namespace', 'usd', [metrics.by('JobCostUsd', 'Namespace', namespaces, 'Sum')]),
      ...costLabel === undefined ? [] : [
        stack(`By ${costLabel.key}`, 'usd', [metrics.by('JobCostUsdByLabel', 'Label', costLabel.values, 'Sum')]),
      ],
      { ...table('What Spot saved, against on-demand list price', spansOf(seen, 'job',
        'stats sum(costUsd) as usd, sum(savedUsd) as saved, 100 * sum(savedUsd) / (sum(costUsd) + sum(savedUsd)) as percent by namespace', 'sort saved desc', 'limit 50')), width: 12 },
      { ...table('By user', spansOf(seen, 'job', 'stats sum(costUsd) as usd, count(*) as jobs by namespace, user', 'sort usd desc', 'limit 50')), width: 12 },
      table('Dearest', spansOf(seen, 'job', 'fields namespace, jobId, user, manifest, outcome, costUsd, savedUsd, seconds / 3600 as hours', 'sort costUsd desc', 'limit 50'),
        'At list price, all attempts together.'),
    ],
  };
}
