import { drawSvg } from '../svg-chart.ts';
import type { Contest } from './compare.ts';
import type { Fate } from './replay.ts';

const colors: Readonly<Record<string, string>> = { 'round-robin': '#b07aa1', 'flat-cooldown': '#f28e2b', ours: '#1f77b4', clairvoyant: '#2ca02c' };
/** Fixed zones are the background: one entry of the legend for all. */
const ZONE_COLOR = '#bbbbbb';
const ZONE_LABEL = 'one fixed zone each';
const DAY_MINUTES = 1440;

const colorOf = (name: string): string => colors[name] ?? ZONE_COLOR;
const labelOf = (name: string): string => (name in colors ? name : ZONE_LABEL);

/** Above, which share of the jobs had its gang by which time; below, what it took in launch calls. An SVG document. */
export function plotContests(contests: readonly Contest[], title: string): string {
  const names = contests.map(({ figures }) => figures.name);
  return drawSvg({
    title: { text: title, left: 'center', top: 10, textStyle: { fontSize: 14 } },
    legend: { top: 40, data: [...new Set(names.map(labelOf))] },
    grid: [{ left: 70, right: 30, top: 90, height: 300 }, { left: 150, right: 30, top: 460, height: 24 * names.length }],
    xAxis: [
      { gridIndex: 0, type: 'log', min: 1, max: DAY_MINUTES, name: 'minutes since the job came', nameLocation: 'middle', nameGap: 28 },
      { gridIndex: 1, type: 'log', min: 1, name: 'launch calls per job', nameLocation: 'middle', nameGap: 28 },
    ],
    yAxis: [
      { gridIndex: 0, type: 'value', min: 0, max: 1, name: 'share of jobs served', nameLocation: 'middle', nameGap: 40 },
      { gridIndex: 1, type: 'category', data: names.toReversed() },
    ],
    series: [
      ...contests.map(({ figures: { name }, fates }) => ({
        name: labelOf(name), type: 'line', step: 'end', showSymbol: false, data: servedBy(fates),
        color: colorOf(name), lineStyle: { width: name in colors ? 2 : 1, type: name === 'clairvoyant' ? 'dashed' : 'solid' },
      })),
      {
        type: 'bar', xAxisIndex: 1, yAxisIndex: 1,
        data: contests.map(({ figures: { name, callsPerJob } }) => ({ value: callsPerJob, itemStyle: { color: colorOf(name) } })).toReversed(),
      },
    ],
  }, { width: 900, height: 540 + 24 * names.length });
}

/** Minutes and the share served by then, from the first minute to the end of the first day. */
function servedBy(fates: readonly Fate[]): [minutes: number, share: number][] {
  const minutes = fates.filter(({ served }) => served).map(({ waitedMs }) => waitedMs / 60_000).toSorted((a, b) => a - b);
  const steps = new Map<number, number>([[1, 0]]);
  for (const [index, wait] of minutes.entries()) if (wait <= DAY_MINUTES) steps.set(Math.max(1, wait), (index + 1) / fates.length);
  return [...steps, [DAY_MINUTES, minutes.filter((wait) => wait <= DAY_MINUTES).length / fates.length]];
}
