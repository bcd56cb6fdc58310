import { drawSvg } from '../svg-chart.ts';
import type { Load } from './load.ts';
import { duration } from './render.ts';
import type { PolicyRun } from './run-policy.ts';

const size = { width: 960, height: 820 } as const;
/** Waits below it are drawn as it: a logarithmic axis has no zero. */
const LEAST_SECONDS = 1;
const ticks = [1, 60, 3600, 86_400, 864_000];
/** Okabe and Ito's colours, which colour-blind people tell apart; with backfill solid, without dashed. */
const colours: Readonly<Record<string, string>> = { fifo: '#0072B2', priority: '#D55E00', 'fair-share': '#009E73' };

/** An SVG document: how long jobs waited, and how unevenly users were served, under each policy. */
export function chartOf({ origin, jobs, capacity, unit }: Load, runs: readonly PolicyRun[]): string {
  const names = runs.map(({ result }) => result.name);
  const subtitle = `${origin}\n${jobs.length} jobs on ${capacity} ${unit}`;
  return drawSvg({
    title: [
      { text: 'How long jobs waited', subtext: subtitle, left: 16, top: 8 },
      { text: 'Share error: how far users were from what they were entitled to', left: 16, top: 520 },
    ],
    legend: { data: names, top: 84, left: 16, itemGap: 32 },
    grid: [{ left: 72, right: 32, top: 124, height: 320 }, { left: 152, right: 72, top: 564, height: 200 }],
    xAxis: [
      { type: 'log', gridIndex: 0, min: LEAST_SECONDS, name: 'wait', nameLocation: 'middle', nameGap: 28, axisLabel: { customValues: ticks, formatter: duration }, axisTick: { customValues: ticks }, splitLine: { show: false } },
      { type: 'value', gridIndex: 1, min: 0, name: '0 is exact', nameLocation: 'middle', nameGap: 28 },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: 100, name: 'jobs that waited no longer', nameLocation: 'middle', nameGap: 48, axisLabel: { formatter: '{value} %' } },
      { type: 'category', gridIndex: 1, inverse: true, data: names },
    ],
    series: [...runs.map(waitsOf), errorsOf(runs)],
  }, size);
}

function waitsOf({ result: { name }, curve }: PolicyRun): object {
  const data = curve.seconds.map((seconds, i) => [Math.max(LEAST_SECONDS, seconds), i / 10]);
  const colour = colourOf(name);
  return { type: 'line', name, data, showSymbol: false, xAxisIndex: 0, yAxisIndex: 0, color: colour, lineStyle: { width: 2, type: name.includes('backfill') ? 'solid' : 'dashed', color: colour } };
}

function errorsOf(runs: readonly PolicyRun[]): object {
  return {
    type: 'bar', xAxisIndex: 1, yAxisIndex: 1, barWidth: '60%',
    label: { show: true, position: 'right', formatter: ({ value }: { readonly value: number }) => value.toPrecision(3) },
    data: runs.map(({ result: { name, shareError } }) => ({ value: shareError, itemStyle: { color: colourOf(name), opacity: name.includes('backfill') ? 1 : 0.55 } })),
  };
}

const colourOf = (name: string): string => colours[name.replace('+backfill', '')] ?? '#555555';
