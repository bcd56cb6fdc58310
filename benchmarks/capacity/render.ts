import { table } from '../table.ts';
import type { CapacityResult } from './documents.ts';
import { horizons, type LauncherFigures } from './figures.ts';

const headings = ['launcher', 'at once', '10 min', '1 h', '6 h', 'mean', 'p50', 'p90', 'p99', 'calls/job', 'calls/gang', 'zones', 'split', 'unserved'];

/** The result as a table, with what is to be said of it. */
export function renderFigures({ trace, from, to, jobs, nodes, spread, every, hours, simulatedHours, launchers, remarks }: CapacityResult): string {
  return [
    `${trace}, from ${from} to ${to}: ${jobs} jobs of ${nodes} × 1 pool, spread ${spread}, one every ${every} min, held for ${hours} h, ${simulatedHours} h simulated`,
    table(headings, launchers.map(row)),
    ...remarks.map((remark) => `- ${remark}`),
  ].join('\n');
}

function row({ name, servedWithin, secondsToCapacity, callsPerJob, callsPerGang, zonesPerGang, splitShare, unserved }: LauncherFigures): (string | number)[] {
  const { mean, p50, p90, p99 } = secondsToCapacity;
  return [
    name,
    ...horizons.map((horizon) => percent(servedWithin[String(horizon)])),
    ...[mean, p50, p90, p99].map(minutes),
    callsPerJob.toFixed(2), callsPerGang?.toFixed(2) ?? '–', zonesPerGang?.toFixed(2) ?? '–', percent(splitShare ?? undefined), unserved,
  ];
}

const percent = (share: number | undefined): string => (share === undefined ? '–' : `${(100 * share).toFixed(1)} %`);
const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} min`;
