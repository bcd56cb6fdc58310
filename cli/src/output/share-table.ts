import type { ShareStanding } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

/** The share tree, a node a line, children under their parents. `8/20` is what is held of a limit. */
export function shareTable(colours: Colours, shares: readonly ShareStanding[]): string {
  return table(
    colours,
    ['SHARE', 'WEIGHT', 'PENDING', 'JOBS', 'NODES', 'GPUS', 'USD/H', 'USED', 'ENTITLED', 'FIRST WAITS FOR'],
    shares.map(({ depth, weight, pending, held, limits, usedPart, entitledPart, waiting, ...place }) => [
      `${'  '.repeat(depth)}${printable(place.name ?? place.kind)}`,
      depth === 0 ? '' : String(weight),
      pending,
      of(held.runningJobs, limits.runningJobs),
      of(held.nodes, limits.nodes),
      of(held.gpus, limits.gpus),
      of(Number(held.usdPerHour.toFixed(2)), limits.usdPerHour),
      depth === 0 ? '' : percent(usedPart),
      // Nobody is entitled to anything that nobody wants.
      depth === 0 || (pending === 0 && held.runningJobs === 0) ? '' : percent(entitledPart),
      waiting === undefined ? '' : colours.yellow(waiting.code),
    ]),
  );
}

const of = (held: number, limit: number | undefined): string => (limit === undefined ? String(held) : `${held}/${limit}`);
const percent = (part: number): string => `${Math.round(part * 100)}%`;
