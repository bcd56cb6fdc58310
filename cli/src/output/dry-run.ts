import type { DryRun } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { properties, table } from './table.ts';
import { count, time, usd } from './words.ts';

/** What a submission would do and cost. */
export function dryRunText(colours: Colours, { namespace, manifest, demand, plan }: DryRun): string {
  const facts = properties(colours, [
    ['manifest', `${namespace}/${manifest.name}, sha256:${manifest.digest.slice(0, 12)}`],
    ['demand', `${count(demand.nodes, 'node')}, ${demand.vcpus} vCPU, ${count(demand.gpus, 'GPU')}`],
    ['cost', `at most ${usd(plan.maxUsdPerHour)}/h, ${costInAll(plan)}`],
  ]);
  const launches = table(
    colours,
    ['POOL', 'NODES', 'MARKET', 'TYPES', 'ZONES, FIRST TO LAST', 'USD/H', 'WHY'],
    inOrder(plan.launches).map(({ pool, count: nodes, market, instanceTypes, zones, usdPerHour, why }) => [
      pool, nodes, market, instanceTypes.join(' '), zones.join(', '), priceRange(usdPerHour), printable(why),
    ]),
  );
  const cooling = plan.cooling.map(({ message, code, until }) => (until === undefined ? `not tried: ${message}\n` : `not tried until ${time(until)}: ${message} (${code})\n`));
  const limits = plan.limits.map((limit) => colours.yellow(`limit: ${printable(limit)}\n`));
  const without = plan.without.map((what) => colours.dim(`planned without ${printable(what)}\n`));
  const notes = plan.notes.map((note) => `note: ${note}\n`);
  return [facts, launches, [...cooling, ...limits, ...notes, ...without].join('')].filter((part) => part !== '').join('\n');
}

/** A job that may run again is shown with what all its attempts cost. */
function costInAll({ attempts, maxUsdPerAttempt, maxUsdInAll }: DryRun['plan']): string {
  return attempts === 1 ? `${usd(maxUsdInAll)} until its nodes are gone` : `${usd(maxUsdPerAttempt)} an attempt, ${usd(maxUsdInAll)} for all ${attempts}`;
}

type Launch = DryRun['plan']['launches'][number];

/** Launches that differ in their zones only, and follow each other. */
type Row = Omit<Launch, 'usdPerHour'> & { readonly usdPerHour: number[] };

/** One row for launches that differ in their zones; it says why the first of them is first. A launch over several zones is `a+b`. */
function inOrder(launches: readonly Launch[]): readonly Row[] {
  const rows: Row[] = [];
  for (const { zones, usdPerHour, ...launch } of launches) {
    const zone = zones.join('+');
    const last = rows.at(-1);
    if (last === undefined || !isAlike(last, launch)) rows.push({ ...launch, zones: [zone], usdPerHour: [usdPerHour] });
    else {
      if (!last.zones.includes(zone)) last.zones.push(zone);
      last.usdPerHour.push(usdPerHour);
    }
  }
  return rows;
}

type Alike = Pick<Launch, 'pool' | 'count' | 'market' | 'instanceTypes'>;

function isAlike(a: Alike, b: Alike): boolean {
  return a.pool === b.pool && a.count === b.count && a.market === b.market && a.instanceTypes.join() === b.instanceTypes.join();
}

function priceRange(prices: readonly number[]): string {
  const [least, most] = [Math.min(...prices), Math.max(...prices)].map((price) => price.toFixed(2));
  return least === most ? `${least}` : `${least}–${most}`;
}
