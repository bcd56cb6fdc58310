import { renamed } from '../renamed.ts';
import type { Series } from './model.ts';

/** The same series, with names in expressions that no two of a panel share: in one panel they have one meaning. */
export function distinct(series: readonly Series[]): readonly Series[] {
  return series.map((source, index) => {
    if (source.kind !== 'math') return source;
    const { expression, parts } = renamed(source.expression, source.using, (name) => `e${index}_${name}`);
    return { ...source, expression, using: parts };
  });
}
