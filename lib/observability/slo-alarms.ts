import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { Alarms } from './alarms.ts';
import { worstBurnRate, type Calculation } from './burn-rate.ts';
import { productMetric } from './product-metric.ts';
import { budgetBurns, burningUsdPerHour, capacitySeconds, serviceLevels, span, watchedLevels, type WatchedLevels } from './slo.ts';

/** Alarms on what the deployment promises, and on what it may cost. */
export function watchServiceLevels(alarms: Alarms, { name, telemetry }: DeploymentConfiguration): void {
  for (const watched of watchedLevels(serviceLevels(telemetry))) watchBurn(alarms, name, watched);
  watchCapacityWaits(alarms, name, capacitySeconds(telemetry));
  if (telemetry.monthlyBudgetUsd !== undefined) watchBudget(alarms, name, telemetry.monthlyBudgetUsd);
}

function watchBurn(alarms: Alarms, deployment: string, { id, levels, burn }: WatchedLevels): void {
  const { factor, longMinutes, shortMinutes, severity, least } = burn;
  const [level, ...others] = levels;
  const share = Number(((1 - level.target) * 100).toPrecision(3));
  alarms.whenAll(id, [
    { minutes: longMinutes, metric: expression(deployment, worstBurnRate(levels, least), longMinutes) },
    { minutes: shortMinutes, metric: expression(deployment, worstBurnRate(levels), shortMinutes) },
  ], {
    severity,
    description: `${others.length === 0 ? level.title : `One of these (the dashboard shows which): ${levels.map(({ title }) => title).join('; ')}`}: not so. In ${longMinutes} minutes as in the last ${shortMinutes}, at least ${factor} times the ${share} % that may go wrong did.`,
    section: level.section,
    threshold: factor,
  });
}

/**
 * Rings for jobs that have no machines yet: how late they were is known only when they have some, or give up. One alarm on the
 * class that has waited longest for its promise: an alarm on each class would cost as much and ring four times where EC2 has nothing.
 */
function watchCapacityWaits(alarms: Alarms, deployment: string, promised: ReturnType<typeof capacitySeconds>): void {
  const period = Duration.minutes(15);
  const using = promised.map(([PriorityClass], index) =>
    [`waited${index}`, productMetric(deployment, { metric: 'CapacityWaitSeconds', dimensions: { PriorityClass } }, { statistic: 'Maximum', period })] as const);
  const waits = new MathExpression({
    expression: `MAX([${promised.map(([, seconds], index) => `waited${index} / ${seconds}`).join(', ')}])`,
    usingMetrics: Object.fromEntries(using), period, label: 'times as long as its priority class is promised',
  });
  alarms.when('CapacityWait', waits, {
    severity: 'look', threshold: 1, section: 'capacity-waits',
    description: `A job has no machines yet, and has waited for longer than its priority class is promised (${promised.map(([priorityClass, seconds]) => `${priorityClass} ${span(seconds)}`).join(', ')}).`,
  });
}

function watchBudget(alarms: Alarms, deployment: string, monthlyBudgetUsd: number): void {
  for (const burn of budgetBurns) {
    const spend = productMetric(deployment, { metric: 'SpendPerHourUsd', dimensions: {} }, { statistic: 'Average', period: Duration.hours(burn.hours) });
    const time = burn.inARow === 1 ? `for ${burn.hours} hours` : `on each of ${burn.inARow} days`;
    alarms.when(burn.id, spend, {
      severity: burn.severity,
      description: `The machines of jobs have cost, at list price, ${burn.factor} times what a budget of ${monthlyBudgetUsd} USD a month allows, ${time}.`,
      section: 'budget-burn',
      threshold: burningUsdPerHour(monthlyBudgetUsd, burn),
      evaluationPeriods: burn.inARow,
    });
  }
}

function expression(deployment: string, { expression: text, metrics }: Calculation, minutes: number): MathExpression {
  const period = Duration.minutes(minutes);
  const usingMetrics = Object.fromEntries(Object.entries(metrics)
    .map(([id, { statistic, ...metric }]) => [id, productMetric(deployment, metric, { statistic, period })]));
  return new MathExpression({ expression: text, usingMetrics, period, label: 'times as fast as the budget of errors allows' });
}
