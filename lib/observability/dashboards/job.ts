import { nodeMetricNamespace } from '../../../core/runtimes/telemetry.ts';
import type { DashboardDefinition, GraphPanel, Row, SearchSource, Unit } from './model.ts';
import type { Observed } from './observed.ts';
import { graph, table, text } from './panels.ts';
import { spansOfJob } from './spans.ts';

/** Stands where the id of the job will: as long as one, and of no job. */
const JOB_PLACEHOLDER = '0'.repeat(26);

/** Everything of one job, which the reader names. */
export function jobDashboard(seen: Observed): DashboardDefinition {
  return {
    suffix: 'job', title: 'Job', hours: 24, variables: [{ id: 'jobId', label: 'Job', placeholder: JOB_PLACEHOLDER }],
    rows: [course(seen), use(seen), output(seen)],
  };
}

function course(seen: Observed): Row {
  return {
    title: 'Its course',
    panels: [
      text(`Job ${JOB_PLACEHOLDER}. The cause of a failure: \`orch why ${JOB_PLACEHOLDER}\`. The waterfall: \`orch trace ${JOB_PLACEHOLDER}\`.`),
      { ...table('Where its time went', spansOfJob(seen, JOB_PLACEHOLDER,
        'filter subject in ["state", "step", "boot", "parked"]', 'fields @timestamp as until, attempt, subject, name, seconds, failed, error',
        'sort until asc', 'limit 200')), width: 12 },
      { ...table('Launches', spansOfJob(seen, JOB_PLACEHOLDER, 'filter subject = "launch"',
        'fields @timestamp as until, attempt, pool, market, types, zones, asked, launched, codes, seconds', 'sort until asc', 'limit 200')), width: 12 },
      table('What failed', spansOfJob(seen, JOB_PLACEHOLDER, 'filter failed = 1',
        'fields @timestamp as until, attempt, subject, name, seconds, error', 'sort until asc', 'limit 100')),
    ],
  };
}

/** What the agent of a node measures: name, and the dimensions that it has beside job and node. */
interface NodeMetric {
  readonly title: string;
  readonly unit: Unit;
  readonly name: string;
  readonly dimensions: readonly string[];
}

/** As `nodes/telemetry/agent_config.py` configures it. */
export const nodeMetrics: readonly NodeMetric[] = [
  { title: 'Memory used', unit: 'percent', name: 'mem_used_percent', dimensions: [] },
  { title: 'Disks used', unit: 'percent', name: 'disk_used_percent', dimensions: ['path', 'fstype'] },
  { title: 'Sent', unit: 'bytes', name: 'net_bytes_sent', dimensions: ['interface'] },
  { title: 'Received', unit: 'bytes', name: 'net_bytes_recv', dimensions: ['interface'] },
  { title: 'GPUs used', unit: 'percent', name: 'nvidia_smi_utilization_gpu', dimensions: ['index', 'name', 'arch'] },
  { title: 'Memory of GPUs used, MiB', unit: 'count', name: 'nvidia_smi_memory_used', dimensions: ['index', 'name', 'arch'] },
];

function use({ deployment }: Observed): Row {
  return { title: 'What its nodes use', panels: nodeMetrics.map((metric) => useOf(deployment, metric)) };
}

function useOf(deployment: string, { title, unit, name, dimensions }: NodeMetric): GraphPanel {
  const search: SearchSource = {
    kind: 'search', namespace: nodeMetricNamespace(deployment), name, dimensions: ['JobId', 'Node', ...dimensions], where: { JobId: JOB_PLACEHOLDER },
    statistic: 'Average', label: "${PROP('Dim.Node')}",
  };
  return graph(title, unit, [search], 'Of nodes that have a collector, while `telemetry.nodeMetrics` is on.');
}

function output({ names }: Observed): Row {
  const lines = (...commands: readonly string[]) => ({ logGroup: names.jobLogs, query: [`filter jobId = "${JOB_PLACEHOLDER}"`, ...commands] });
  return {
    title: 'Its nodes',
    panels: [
      { ...table('Output, the latest first', lines('fields @timestamp, attempt, node, step, message', 'sort @timestamp desc', 'limit 200')), height: 10 },
      { kind: 'bars', title: 'Lines by node', unit: 'count', width: 24, height: 6,
        logs: lines('stats count(*) as lines by node', 'sort lines desc', 'limit 50') },
    ],
  };
}
