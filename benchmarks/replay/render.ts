import { table } from '../table.ts';
import type { Load } from './load.ts';
import type { PolicyResult } from './measures.ts';
import type { PolicyRun } from './run-policy.ts';

/** What programs get. */
export interface ReplayDocument {
  readonly source: string;
  readonly jobs: number;
  readonly capacity: number;
  readonly unit: string;
  readonly remarks: readonly string[];
  readonly policies: readonly PolicyResult[];
}

export function documentOf({ origin, jobs, capacity, unit, remarks }: Load, runs: readonly PolicyRun[]): ReplayDocument {
  return { source: origin, jobs: jobs.length, capacity, unit, remarks, policies: runs.map(({ result }) => result) };
}

/** For people. */
export function renderReplay(load: Load, runs: readonly PolicyRun[]): string {
  const results = runs.map(({ result }) => result);
  const head = `${load.origin}\n${load.jobs.length} jobs on ${load.capacity} ${load.unit}, in simulated time${load.remarks.map((remark) => `\n- ${remark}`).join('')}`;
  return [head, policyTable(results), ...classTable(results)].join('\n\n');
}

function policyTable(results: readonly PolicyResult[]): string {
  return table(
    ['policy', 'wait mean', 'p50', 'p90', 'p99', 'longest', 'slowdown', 'utilisation', 'while waiting', 'share error'],
    results.map(({ name, waitSeconds: { mean, p50, p90, p99 }, longestWaitSeconds, boundedSlowdown, utilisation, utilisationWhileWaiting, shareError }) => [
      name, ...[mean, p50, p90, p99, longestWaitSeconds].map(duration).map(right), ...[number(boundedSlowdown), percent(utilisation), percent(utilisationWhileWaiting), number(shareError)].map(right),
    ]),
  );
}

function classTable(results: readonly PolicyResult[]): readonly string[] {
  const [first] = results;
  if (first?.classes === undefined) return [];
  const names = Object.keys(first.classes);
  const rows = results.map(({ name, classes }) => [name, ...names.map((of) => right(duration(classes?.[of]?.meanSecondsToAdmission ?? 0)))]);
  return [`Mean time from submission to admission, by class:\n\n${table(['policy', ...names], rows)}`];
}

/** Numbers stand right in a table also when they have a unit. */
const right = (text: string): string => text.padStart(8);
const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** `1.5 h`: in the largest unit of which there is one. */
export function duration(seconds: number): string {
  if (seconds >= 86_400) return `${short(seconds / 86_400)} d`;
  if (seconds >= 3600) return `${short(seconds / 3600)} h`;
  if (seconds >= 60) return `${short(seconds / 60)} min`;
  return `${Number(seconds.toFixed(2))} s`;
}

const short = (value: number): number => Number(value.toFixed(1));
