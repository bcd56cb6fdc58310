// Measures one scenario in a process of its own, so that memory is its own: the scenario as JSON in, the run as JSON out.
import { performance } from 'node:perf_hooks';
import { planBySorting } from './baseline.ts';
import { cycleOfOurs, fillWithOurs } from './ours.ts';
import type { Run, Scenario } from './scenario.ts';
import { buildWorld, type World } from './world.ts';

/** Measures for so long, within so many cycles. */
const SPENT_MS = 5000;
const FEWEST = 3;
const MOST = { fill: 25, idle: 300 } as const;

/** A cycle that answers how many jobs start. */
function cycleOf({ scheduler, cycle }: Scenario, world: World): () => number {
  if (scheduler === 'ours') return () => (cycle === 'fill' ? fillWithOurs(world) : cycleOfOurs(world));
  const waiting = world.lanes.flatMap(({ entries }) => entries);
  return () => planBySorting({ ...world, waiting }).length;
}

/** The value below which so much of them lies; of few values the highest. */
function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

function measure(scenario: Scenario): Run {
  const cycle = cycleOf(scenario, buildWorld(scenario));
  // What making the jobs left behind is not the cycle's.
  globalThis.gc?.();
  const beganMs = performance.now();
  // The first ones only warm up, unless a cycle takes long.
  let starts = cycle();
  while (performance.now() - beganMs < SPENT_MS / 5) starts = cycle();
  const times: number[] = [];
  for (let spent = 0; times.length < FEWEST || (spent < SPENT_MS && times.length < MOST[scenario.cycle]); ) {
    const began = performance.now();
    starts = cycle();
    times.push(performance.now() - began);
    spent += times.at(-1) ?? 0;
  }
  const sorted = times.toSorted((a, b) => a - b);
  const cycleP50Ms = percentile(sorted, 0.5);
  return {
    ...scenario,
    ...(scenario.cycle === 'fill' ? { startsPerSecond: Math.round((starts * 1000) / cycleP50Ms) } : {}),
    cycleP50Ms: rounded(cycleP50Ms),
    cycleP99Ms: rounded(percentile(sorted, 0.99)),
    cycles: times.length,
    rssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

const scenario: Scenario = JSON.parse(process.argv[2] ?? '{}');
process.stdout.write(JSON.stringify(measure(scenario)));
