import Table from 'cli-table3';
import type { JobDetail, JobEvent } from '@advanced-orchestrator/sdk';

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

/** How long the job was in each state. */
export function stateTable(events: readonly JobEvent[]): string {
  const table = new Table({ head: ['state', 'since submission', 'seconds in it'], ...compact });
  const [first] = events;
  const changes = events.filter((event) => event.type === 'StateChanged');
  const entered = [...(first === undefined ? [] : [{ to: 'PENDING', at: first.at }]), ...changes.map(({ to = '', at }) => ({ to, at }))];
  for (const [i, { to, at }] of entered.entries()) {
    const next = entered[i + 1];
    table.push([to, `${seconds(first?.at ?? at, at)} s`, next === undefined ? '' : seconds(at, next.at)]);
  }
  return table.toString();
}

function seconds(from: string, to: string): string {
  return ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
}
