import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Report } from '../report.ts';
import { chartOf } from './chart.ts';
import { contenders } from './policies.ts';
import { documentOf, renderReplay } from './render.ts';
import type { PolicyRun } from './run-policy.ts';
import { loadOf, type Source } from './source.ts';
import type { SyntheticName } from './synthetic.ts';

/** What the command line says. */
export interface ReplayOptions {
  readonly swf?: string;
  readonly kueue?: string;
  readonly synthetic?: SyntheticName;
  readonly seed: number;
  readonly size?: number;
  readonly unit: 'cores' | 'nodes';
  readonly from: number;
  readonly to: number;
  readonly policies?: readonly string[];
  readonly plot?: string;
}

/** Words on the command line that mean nothing here. */
class ReplayUsageError extends Error {
  override readonly name = 'ReplayUsageError';
}

const execute = promisify(execFile);

/** Replays one load under several policies, as many at once as there are processors, and compares them. */
export async function replayLoad(options: ReplayOptions): Promise<Report> {
  const source = sourceOf(options);
  const names = policiesOf(options.policies);
  const load = loadOf(source);
  if (load.jobs.length === 0) throw new ReplayUsageError(`${load.origin} has no jobs to replay.`);
  say(`${load.jobs.length} jobs on ${load.capacity} ${load.unit}`);
  const runs = await runAll(source, names);
  if (options.plot !== undefined) writeFileSync(options.plot, chartOf(load, runs));
  return { text: renderReplay(load, runs), result: documentOf(load, runs) };
}

const say = (text: string): void => console.error(`replay: ${text}`);

async function runAll(source: Source, names: readonly string[]): Promise<readonly PolicyRun[]> {
  const runs = new Map<string, PolicyRun>();
  const left = [...names];
  const workOn = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const began = performance.now();
      const run = await runAlone(source, name);
      runs.set(name, run);
      say(`${name}: ${run.cycles} cycles in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), names.length) }, workOn));
  return names.flatMap((name) => runs.get(name) ?? []);
}

async function runAlone(source: Source, policy: string): Promise<PolicyRun> {
  const program = fileURLToPath(new URL('replay-one.ts', import.meta.url));
  const { stdout } = await execute(process.execPath, [program, JSON.stringify({ source, policy })]);
  const run: PolicyRun = JSON.parse(stdout);
  return run;
}

function sourceOf({ swf, kueue, synthetic, seed, size, unit, from, to }: ReplayOptions): Source {
  if (from >= to) throw new ReplayUsageError('--from must be less than --to.');
  if ([swf, kueue, synthetic].filter((one) => one !== undefined).length > 1) throw new ReplayUsageError('One of --swf, --kueue and --synthetic at a time.');
  if (swf !== undefined) return { kind: 'swf', file: swf, unit, from, to, ...(size === undefined ? {} : { size }) };
  if (kueue !== undefined) return { kind: 'kueue', file: kueue, from, to };
  return { kind: 'synthetic', name: synthetic ?? 'mixed', seed, from, to };
}

function policiesOf(asked: readonly string[] | undefined): readonly string[] {
  const known = contenders.map(({ name }): string => name);
  const unknown = asked?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ReplayUsageError(`There is no policy ${unknown}. There are: ${known.join(', ')}.`);
  return asked ?? known;
}
