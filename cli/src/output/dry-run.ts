import type { DryRun } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { properties, table } from './table.ts';
import { count, time, usd } from './words.ts';

/** What a submission would do and cost. */
export function dryRunText(colours: Colours, { namespace, manifest, demand, plan }: DryRun): string {
  const facts = properties(colours, [
    ['manifest', `${namespace}/${manifest.name}, sha256:${manifest.digest.slice(0, 12)}`],
    ['demand', `${count(demand.nodes, 'node')}, ${demand.vcpus} vCPU, ${count(demand.gpus, 'GPU')}`],
    ['cost', `at most ${usd(plan.maxUsdPerHour)}/h, ${usd(plan.maxUsdForTtl)} until its time is over`],
  ]);
  const launches = table(
    colours,
    ['POOL', 'NODES', 'MARKET', 'TYPES', 'ZONES, FIRST TO LAST'],
    inOrder(plan.launches).map(({ pool, count: nodes, market, instanceTypes, zones }) => [pool, nodes, market, instanceTypes.join(' '), zones.join(', ')]),
  );
  const cooling = plan.cooling.map(({ message, code, until }) => (until === undefined ? `not tried: ${message}\n` : `not tried until ${time(until)}: ${message} (${code})\n`));
  const notes = plan.notes.map((note) => `note: ${note}\n`);
  return [facts, launches, [...cooling, ...notes].join('')].filter((part) => part !== '').join('\n');
}

type Launch = DryRun['plan']['launches'][number];

/** Launches that differ in their zones only, and follow each other, in one row. A launch over several zones is `a+b`. */
function inOrder(launches: readonly Launch[]): readonly Launch[] {
  const rows: Launch[] = [];
  for (const { zones, ...launch } of launches) {
    const zone = zones.join('+');
    const last = rows.at(-1);
    const isAlike = last !== undefined && JSON.stringify({ ...last, zones: [] }) === JSON.stringify({ ...launch, zones: [] });
    if (!isAlike) rows.push({ ...launch, zones: [zone] });
    else if (!last.zones.includes(zone)) last.zones.push(zone);
  }
  return rows;
}
