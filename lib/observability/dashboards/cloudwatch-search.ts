import type { SearchSource } from './model.ts';

/** `SEARCH('{"Nodes","JobId","Node"} MetricName="mem_used_percent" "JobId"="…"', 'Average')` */
export function searchExpression({ namespace, name, dimensions, where, statistic }: SearchSource): string {
  const schema = [namespace, ...dimensions].map((part) => `"${part}"`).join(',');
  const terms = Object.entries(where).map(([dimension, value]) => `"${dimension}"="${value}"`);
  return `SEARCH('{${schema}} ${[`MetricName="${name}"`, ...terms].join(' ')}', '${statistic}')`;
}
