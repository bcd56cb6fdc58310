import type { Fate } from './replay.ts';

/** Seconds within which the share of served jobs is told. */
export const horizons = [0, 600, 3600, 21_600] as const;

/** How a launcher did. */
export interface LauncherFigures {
  readonly name: string;
  /** Share of all jobs, by seconds from arrival. */
  readonly servedWithin: Readonly<Record<string, number>>;
  /** Of all jobs; a job that was not served counts with its wait until the trace ended, which is less than the truth. */
  readonly secondsToCapacity: { readonly mean: number; readonly p50: number; readonly p90: number; readonly p99: number };
  readonly callsPerJob: number;
  /** `null`: no gang was acquired. */
  readonly callsPerGang: number | null;
  readonly zonesPerGang: number | null;
  /** Share of gangs that stand in more than one zone. */
  readonly splitShare: number | null;
  readonly unserved: number;
}

/** @param calls launch calls made in all */
export function figuresOf(name: string, fates: readonly Fate[], calls: number): LauncherFigures {
  const served = fates.filter((fate) => fate.served);
  const seconds = fates.map(({ waitedMs }) => waitedMs / 1000).toSorted((a, b) => a - b);
  const perGang = (sum: number): number | null => (served.length === 0 ? null : rounded(sum / served.length));
  const within = (horizon: number): number => rounded(served.filter(({ waitedMs }) => waitedMs <= horizon * 1000).length / fates.length);
  return {
    name,
    servedWithin: Object.fromEntries(horizons.map((horizon) => [String(horizon), within(horizon)])),
    secondsToCapacity: {
      mean: rounded(seconds.reduce((sum, wait) => sum + wait, 0) / seconds.length),
      p50: rounded(quantile(seconds, 0.5)), p90: rounded(quantile(seconds, 0.9)), p99: rounded(quantile(seconds, 0.99)),
    },
    callsPerJob: rounded(calls / fates.length),
    callsPerGang: perGang(calls),
    zonesPerGang: perGang(served.reduce((sum, { zones }) => sum + zones, 0)),
    splitShare: perGang(served.filter(({ zones }) => zones > 1).length),
    unserved: fates.length - served.length,
  };
}

/** Nearest rank. */
function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? 0;
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
