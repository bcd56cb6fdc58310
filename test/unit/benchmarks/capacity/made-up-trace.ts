import type { CapacityTrace } from '../../../../benchmarks/capacity/trace.ts';

export const MINUTE_MS = 60_000;
const START_MS = Date.parse('2024-01-01T00:00:00Z');

/** A trace with a measurement every ten minutes: by zone, how many machines there are. */
export function aTrace(levels: Readonly<Record<string, readonly number[]>>): CapacityTrace {
  const length = Math.max(...Object.values(levels).map((series) => series.length));
  const timesMs = Array.from({ length }, (_, index) => START_MS + index * 10 * MINUTE_MS);
  return { origin: 'made up', kind: 'counts', zones: Object.keys(levels), timesMs, levels: new Map(Object.entries(levels)), endMs: START_MS + length * 10 * MINUTE_MS };
}
