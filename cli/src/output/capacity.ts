import type { Capacity } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';
import { duration, time } from './words.ts';

/** What is known of capacity: what is held back first, since that is why somebody looks. */
export function capacityText(colours: Colours, capacity: Capacity): string {
  const nowMs = Date.parse(capacity.at);
  const parts = [
    `${time(capacity.at)}  ${capacity.region}\n`,
    coolingTable(colours, capacity, nowMs),
    typeTable(colours, capacity, nowMs),
    zoneTable(colours, capacity),
    quotaTable(colours, capacity),
    reservationTable(colours, capacity),
    capacity.unknown.map(({ what, why }) => colours.dim(`not known: ${printable(`${what}: ${why}`)}\n`)).join(''),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function coolingTable(colours: Colours, { cooling, hasMoreCooling }: Capacity, nowMs: number): string {
  if (cooling.length === 0) return 'Everything may be tried: nothing cools, nothing is paused.\n';
  const rows = cooling.map(({ scope, since, until, failures, code, atLeast, isProbed, pausedBy }) => [
    scope, `${duration(nowMs - Date.parse(since))} ago`, until === undefined ? 'resumed' : `in ${duration(Date.parse(until) - nowMs)}`, failures,
    printable(pausedBy === undefined ? [code, ...size(atLeast), ...(isProbed ? ['a job finds out now'] : [])].join(', ') : `${pausedBy.by} has paused it: ${pausedBy.reason}`),
  ]);
  return table(colours, ['NOT TRIED', 'SINCE', 'UNTIL', 'FAILURES', 'WHY'], rows) + (hasMoreCooling ? colours.dim('… and more\n') : '');
}

const size = (atLeast: number | undefined): string[] => (atLeast === undefined ? [] : [`${atLeast} nodes or more`]);

function typeTable(colours: Colours, { types }: Capacity, nowMs: number): string {
  if (types.length === 0) return '';
  const rows = types.flatMap(({ instanceType, interruptions, offerings }) =>
    offerings.length === 0
      ? [[instanceType, '', '', '', '', colours.yellow('in none of these zones')]]
      : offerings.map(({ zone, market, usdPerHour, cooling }) => [
        instanceType, zone, market, usdPerHour === undefined ? '?' : usdPerHour.toFixed(4), market === 'spot' ? (interruptions ?? '?') : '',
        cooling === undefined ? colours.green('may be tried') : colours.yellow(coolingText(cooling, nowMs)),
      ]));
  return table(colours, ['TYPE', 'ZONE', 'MARKET', 'USD/H', 'TAKEN BACK', 'NOW'], rows);
}

function coolingText({ code, atLeast, until }: NonNullable<Capacity['types'][number]['offerings'][number]['cooling']>, nowMs: number): string {
  const words = [code, ...size(atLeast)].join(', ');
  return until === undefined ? words : `${words}, ${duration(Date.parse(until) - nowMs)} more`;
}

function zoneTable(colours: Colours, { zones }: Capacity): string {
  return table(colours, ['ZONE', 'SUBNET', 'FREE ADDRESSES'], zones.map(({ zone, subnetId, freeAddresses }) => [zone, subnetId, freeAddresses ?? '?']));
}

/** One row a family. */
function quotaTable(colours: Colours, { quotas }: Capacity): string {
  if (quotas.length === 0) return '';
  const families = [...new Set(quotas.map(({ family }) => family))];
  const of = (family: string, market: string): number | string => quotas.find((quota) => quota.family === family && quota.market === market)?.vcpus ?? '?';
  return table(colours, ['QUOTA OF THE ACCOUNT', 'VCPUS ON SPOT', 'VCPUS ON DEMAND'], families.map((family) => [family, of(family, 'spot'), of(family, 'on-demand')]));
}

function reservationTable(colours: Colours, { reservations }: Capacity): string {
  if (reservations.length === 0) return '';
  return table(
    colours,
    ['RESERVATION', 'TYPE', 'ZONE', 'FREE', 'OF', 'TAKEN BY'],
    reservations.map(({ reservationId, instanceType, zone, available, total, matching }) => [
      reservationId, instanceType, zone, available, total, matching === 'open' ? 'any launch that matches' : 'launches that name it',
    ]),
  );
}
