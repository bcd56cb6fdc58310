import Table from 'cli-table3';
import type { JobDetail, JobEvent } from '@advanced-orchestrator/sdk';
import { coloursIf } from '../cli/src/session.ts';
import { waterfall } from '../cli/src/trace/waterfall.ts';
import { jobTrace } from '../core/trace/job-trace.ts';
import { tracedEvent, tracedJob } from '../core/trace/of-views.ts';

/** Where nothing says how wide the terminal is. */
const columnsElsewhere = 130;

const compact = { style: { head: [], border: [], compact: true } };

/** A line of the timeline: seconds since submission, and what happened. */
export function eventLine(event: JobEvent, submittedAt: string): string {
  const what = event.type === 'StateChanged' ? `${event.to ?? ''}: ${event.message}` : event.message;
  return `${seconds(submittedAt, event.at).padStart(6)} s  ${event.type === 'StateChanged' ? '▶' : ' '} ${what}`;
}

/** How many nodes came from where. */
export function nodeTable(job: JobDetail): string {
  const table = new Table({ head: ['pool', 'type', 'zone', 'market', 'nodes', 'USD/h each'], ...compact });
  const groups = Map.groupBy(job.nodes, (node) => [node.pool, node.instanceType, node.zone, node.market, String(node.usdPerHour)].join(' '));
  for (const [key, nodes] of [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [pool = '', type = '', zone = '', market = '', price = ''] = key.split(' ');
    table.push([pool, type, zone, market, nodes.length, price]);
  }
  return table.toString();
}

/** The trace of the job, as `orch trace` draws it. */
export function timeline(job: JobDetail, events: readonly JobEvent[]): string {
  const trace = jobTrace(tracedJob(job), events.map(tracedEvent));
  const { isTTY, columns } = process.stdout;
  return waterfall(coloursIf(isTTY), trace, { nowMs: Date.parse(job.updatedAt), columns: isTTY && columns > 0 ? columns : columnsElsewhere }).trimEnd();
}

function seconds(from: string, to: string): string {
  return ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
}
