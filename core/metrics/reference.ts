import { bounds, metricCatalogue, type MetricName } from './catalogue.ts';
import { metricNames, mostSeries, mostSeriesInAll, USD_PER_SERIES } from './series.ts';

type Source = (typeof metricCatalogue)[MetricName]['from'];

const sources: Readonly<Record<Source, { readonly title: string; readonly says: string }>> = {
  history: {
    title: 'Of what happens to jobs',
    says: 'Written by `queue/publish-events` from the entries of histories, within seconds. The table’s stream delivers at least once: after a failure of that function an entry may count twice. Of a turn that makes more than 40 launch calls the last 40 count.',
  },
  publisher: { title: 'Of spans', says: 'Written by `queue/publish-events` for spans that leave as they close: see [traces](trace.md).' },
  scheduler: {
    title: 'Of the queue',
    says: 'Written by `queue/schedule-jobs` each minute, from what a cycle has read anyway; between, where jobs come and go, once a minute more for each execution environment. Namespaces that the configuration names are written with 0, too. '
      + 'A cycle reads lanes that have room. How long jobs wait in one without room is what was seen when it was last read, or since somebody was first seen to have entered it: at least so long, but for jobs that were cancelled since, or started by another execution environment: that is known when the lane has room again.',
  },
  reconciler: {
    title: 'Of the second line',
    says: 'Written by `lifecycle/reconcile` at the end of each pass, once a minute, zeros too. What a pass does not know it does not write: `OrphansTerminated` if it could not list the machines, 0 as `JobsStuck` or `MachinesLeft` if it could not read all attempts. What machines cost now is at least so much: of a job that it could not look after the machines count all the same, but for those that it could not read. Machines count at the price of their type and market at launch, as jobs that have ended do; until a gang is whole, as soon as one machine of it is there, the job counts with the most that it can cost, the dearest type of each pool on demand. An attempt is stuck that looks for capacity beyond its time-out, is '
      + 'configured or runs beyond its TTL, or winds down for longer than its post-run steps and 15 minutes, each by three times `intervals.unansweredAfter` more.',
  },
  api: {
    title: 'Of the API',
    says: 'Written by `api/submit-job` with each answer; no other operation is measured by itself. What never reached the function, or killed it, is in API Gateway’s own metrics.',
  },
};

/** The page of all metrics as a Markdown document. */
export function metricsReference(): string {
  return [
    '# Metrics',
    '',
    '<!-- Written by `npm run docs` from core/metrics; change it there. -->',
    '',
    'Functions write their measurements as lines of their logs in the [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html);',
    'CloudWatch makes metrics of them, in the namespace `AdvancedOrchestrator/<name of the deployment>`. Beside its own dimensions each has `service=orchestrator`. No',
    'call is made for a measurement and no job waits for one. What is asked by job, by offering or by any label is answered from the lines of spans ([traces](trace.md)), not from metrics.',
    '',
    '*Read as* says which statistic means something: what is written again each minute must not be added up.',
    '',
    ...Object.entries(sources).flatMap(([source, { title, says }]) => [
      `## ${title}`, '', says, '',
      '| metric | unit | dimensions | what | read as | at most | USD a month |', '|---|---|---|---|---|---|---|',
      ...metricNames.filter((name) => metricCatalogue[name].from === source).map(row), '',
    ]),
    '## How many there are, and what they cost',
    '',
    'A dimension has few values, whatever jobs are called and wherever they run: the table says how many at most, and what stands for the others.',
    '',
    '| dimension | at most | values |', '|---|---|---|',
    ...Object.entries(bounds).map(([name, { values, meaning }]) => `| \`${name}\` | ${values} | ${meaning} |`),
    '',
    `CloudWatch bills each set of dimensions as a metric of its own: **${mostSeriesInAll()}** at most, which is **${usd(mostSeriesInAll())} USD** a month at ${USD_PER_SERIES.toFixed(2)} USD each. Only what has values in a month is billed,`,
    'by the hour: a deployment with two namespaces, without `telemetry.costLabel` and without errors has some fifty. Lines that come without jobs are the scheduler’s and the',
    'reconciler’s: some 600 bytes a minute for each namespace, 270 for each value of `telemetry.costLabel` and 1,800 beside, 26 MB, 12 MB and 79 MB a month.',
    '',
  ].join('\n');
}

function row(name: MetricName): string {
  const { unit, dimensions, meaning } = metricCatalogue[name];
  const most = mostSeries(name);
  return `| \`${name}\` | ${unit} | ${dimensions.map((dimension) => `\`${dimension}\``).join(', ')} | ${meaning.replaceAll('|', String.raw`\|`)} | ${readAs(name)} | ${most} | ${usd(most)} |`;
}

/** What the reconciler finds again each minute. */
const gauges: readonly MetricName[] = ['JobsStuck', 'MachinesLeft', 'CostPerHourUsd', 'CostPerHourUsdByLabel', 'SpendPerHourUsd'];

function readAs(name: MetricName): string {
  const { from, unit } = metricCatalogue[name];
  if (name === 'CycleSeconds') return 'percentiles';
  if (from === 'scheduler' || gauges.includes(name)) return 'Maximum';
  return unit === 'Seconds' ? 'percentiles' : 'Sum';
}

const usd = (series: number): string => (series * USD_PER_SERIES).toFixed(2);
