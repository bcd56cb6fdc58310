import type { Measurement } from './catalogue.ts';

/**
 * How many values of a metric a line has. A hundred is what the embedded metric format allows, and Powertools publishes a line
 * by itself when it gets the hundredth, forgetting the dimensions: what came after would be values of another metric.
 */
const MOST_VALUES = 99;

/** What goes into one line: one set of dimensions, and of each metric no more values than a line may have. None is lost. */
export function emfLines(measurements: readonly Measurement[]): readonly (readonly Measurement[])[] {
  const sets = Map.groupBy(measurements, ({ dimensions }) => JSON.stringify(dimensions));
  return [...sets.values()].flatMap(inLines);
}

function inLines(measurements: readonly Measurement[]): readonly (readonly Measurement[])[] {
  const seen = new Map<string, number>();
  const lines = Map.groupBy(measurements, ({ name }) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return Math.floor(before / MOST_VALUES);
  });
  return [...lines.values()];
}
