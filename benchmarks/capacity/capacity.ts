import { readFileSync, writeFileSync } from 'node:fs';
import type { Report } from '../report.ts';
import { compareLaunchers, type Contest } from './compare.ts';
import type { CapacityOptions, CapacityResult } from './documents.ts';
import { plotContests } from './plot.ts';
import { remarksOn } from './remarks.ts';
import { renderFigures } from './render.ts';
import { parseTrace, partOfTrace } from './trace.ts';

/** Compares launchers over a trace of measured capacity; draws the chart if one is asked for. */
export async function measureCapacity(options: CapacityOptions): Promise<Report & { readonly result: CapacityResult }> {
  const trace = partOfTrace(parseTrace(readFileSync(options.trace, 'utf8'), options.trace, options.zones), options.from, options.to);
  const { nodes, spread, every, hours } = options;
  const contests = await compareLaunchers({ trace, nodes, spread, everyMs: every * 60_000, holdMs: hours * 3_600_000 });
  const result: CapacityResult = {
    trace: options.trace, zones: trace.zones, from: options.from, to: options.to, nodes, spread, every, hours,
    jobs: contests[0]?.fates.length ?? 0,
    simulatedHours: Math.round((trace.endMs - (trace.timesMs[0] ?? trace.endMs)) / 36_000) / 100,
    remarks: remarksOn(trace, options),
    launchers: contests.map(({ figures }) => figures),
  };
  if (options.plot !== undefined) writeFileSync(options.plot, plotContests(contests, titleOf(result, contests)));
  return { text: renderFigures(result), result };
}

function titleOf({ nodes, zones, simulatedHours, jobs }: CapacityResult, contests: readonly Contest[]): string {
  const machines = nodes === 1 ? 'one machine' : `${nodes} machines`;
  return `${jobs} jobs of ${machines} over ${Math.round(simulatedHours / 24)} days in ${zones?.length ?? 0} zones, ${contests.length} launchers`;
}
