import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Report } from '../report.ts';
import { table } from '../table.ts';
import { scenarios, type Run, type Scenario } from './scenario.ts';

/** What the design promises, at 100,000 waiting jobs of 100 users and at 1,000,000. */
const budget = { startsPerSecond: { equal: 100_000, different: 50_000 }, idleMs: 10 } as const;

export interface SchedulerOptions {
  /** Most waiting jobs. */
  readonly waiting?: string;
}

const execute = promisify(execFile);

/** Measures every scenario, each in a process of its own, one after the other. Tells on standard error how far it is. */
export async function measureScheduler({ waiting = '1000000' }: SchedulerOptions): Promise<Report> {
  const runs: Run[] = [];
  for (const scenario of scenarios({ waiting: Number(waiting) })) {
    const run = await runAlone(scenario);
    runs.push(run);
    console.error(`${nameOf(run)}: ${speedOf(run)}`);
  }
  return { text: render(runs), result: { runs }, withinBudget: runs.every(isWithinBudget) };
}

async function runAlone(scenario: Scenario): Promise<Run> {
  const measure = fileURLToPath(new URL('measure.ts', import.meta.url));
  const { stdout } = await execute(process.execPath, ['--max-old-space-size=8192', '--expose-gc', measure, JSON.stringify(scenario)], { maxBuffer: 1 << 20 });
  const run: Run = JSON.parse(stdout);
  return run;
}

function isWithinBudget({ scheduler, cycle, shapes, waiting, leaves, startsPerSecond, cycleP50Ms }: Run): boolean {
  if (scheduler !== 'ours' || leaves !== 100) return true;
  if (cycle === 'idle') return cycleP50Ms < budget.idleMs;
  return waiting !== 100_000 || (startsPerSecond ?? 0) >= budget.startsPerSecond[shapes];
}

const cycleName = ({ cycle, room }: Scenario): string => (cycle === 'fill' ? 'fill' : room === 'none' ? 'idle, full' : 'idle, too little room');
const nameOf = (run: Run): string => `${run.scheduler}, ${cycleName(run)}, ${run.shapes} shapes, ${run.waiting} waiting, ${run.leaves} users`;
const speedOf = ({ startsPerSecond, cycleP50Ms }: Run): string => (startsPerSecond === undefined ? `${cycleP50Ms} ms` : `${startsPerSecond} starts/s`);

function render(runs: readonly Run[]): string {
  return table(
    ['cycle', 'shapes', 'waiting', 'users', 'scheduler', 'starts/s', 'p50 ms', 'p99 ms', 'cycles', 'RSS MiB'],
    runs.map((run) => [cycleName(run), run.shapes, run.waiting, run.leaves, run.scheduler, run.startsPerSecond ?? '', run.cycleP50Ms, run.cycleP99Ms, run.cycles, run.rssMiB]),
  );
}
