import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { burnRate } from './burn-rate.ts';
import { budgetBurns, capacitySeconds, serviceLevels, span, targetDays, watchedLevels, type ServiceLevel, type WatchedLevels } from './slo.ts';

const runbook = 'runbook/README.md';

/** What a deployment promises, and when it rings, as a Markdown document. */
export function sloReference(telemetry: Pick<DeploymentConfiguration['telemetry'], 'objectives'>): string {
  const levels = serviceLevels(telemetry);
  return [
    '# What a deployment promises',
    '',
    '<!-- Written by `npm run docs` from lib/observability/slo.ts; change it there. -->',
    '',
    `Targets are over ${targetDays} days. What may go wrong of it is a budget, which can be spent: on a release that fails, on a day without capacity.`,
    'Times are those of the defaults; `telemetry.objectives` of the [configuration](configuration.md) changes them.',
    '',
    '| promise | of all | what it does not see | runbook |',
    '|---|---:|---|---|',
    ...levels.map((level) => `| ${level.promise}. | ${percent(level.target)} | ${level.blind} | [${level.section}](${runbook}#${level.section}) |`),
    '',
    '## When an alarm rings',
    '',
    'While the budget burns so many times as fast as it may, both in a long window, so that it matters, and in a short one, so that it',
    'still goes on ([the SRE workbook](https://sre.google/workbook/alerting-on-slos/) has the reasons). So an alarm ends soon after its cause.',
    'An alarm that wakes somebody has spent 2 % of a month’s budget in an hour, one that asks to look 5 % in six hours. In deployments',
    'with few jobs a single failure is a large share: below three in the long window nothing rings.',
    '',
    '| alarm | severity | burns | that is | in the last | and in the last |',
    '|---|---|---:|---|---|---|',
    ...watchedLevels(levels).map(burnRow),
    '',
    'An alarm on several promises goes by the one whose budget burns fastest; the dashboard has the budget of each.',
    'Failures that nobody can explain ring one by one (`JobsUnexplained`); their target is for the dashboard. Without any traffic nothing begins to ring.',
    'What rings when traffic ends may go on for up to three of the short windows: so long CloudWatch goes by the last values that there are.',
    'In CloudWatch’s words, the first of them:',
    '',
    '```text',
    ...formula(levels),
    '```',
    '',
    '## Jobs that have no machines yet',
    '',
    'How late a job was is known only when it has its machines, or gives up. `CapacityWait` (look) rings before: when a job whose last turn brought nothing (of EC2,',
    `or for its own budget, a quota or a pause) has been without machines for as long as its class is promised: ${capacitySeconds(telemetry).map(([priorityClass, seconds]) => `\`${priorityClass}\` ${span(seconds)}`).join(', ')}.`,
    'It may wait on, for `capacity.timeoutSeconds` in all, which is a day where the manifest says nothing else.',
    '',
    '## Money',
    '',
    'With `telemetry.monthlyBudgetUsd`, what the machines of jobs cost an hour at list price ([metrics.md](metrics.md#of-the-second-line)) is compared with',
    'what that budget allows an hour (a month has 730). Discounts are not in it, so it may ring too early; nor are volumes and traffic. Rehearsals do not count:',
    '',
    '| alarm | severity | costs | for | the budget would last |',
    '|---|---|---:|---|---:|',
    ...budgetBurns.map(({ id, severity, factor, hours, inARow }) =>
      `| \`${id}\` | ${severity} | ${factor} × | ${inARow === 1 ? `${hours} hours` : `${inARow} days, each of them`} | ${Math.round(730 / 24 / factor)} days |`),
    '',
  ].join('\n');
}

function burnRow({ id, levels: [{ target }], burn: { severity, factor, longMinutes, shortMinutes } }: WatchedLevels): string {
  const bad = percent(Math.min(1, (1 - target) * factor));
  return `| \`${id}\` | ${severity} | ${factor} × | ${bad} are bad | ${span(longMinutes * 60)} | ${span(shortMinutes * 60)} |`;
}

function formula(levels: readonly ServiceLevel[]): string[] {
  const [level] = levels;
  const [burn] = level?.burns ?? [];
  if (level === undefined || burn === undefined) return [];
  const { expression, metrics } = burnRate(level, burn.least);
  return [
    `${expression} >= ${burn.factor}`,
    ...Object.entries(metrics).map(([name, { metric, statistic }]) => `  ${name}: ${metric}, ${statistic}`),
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}
