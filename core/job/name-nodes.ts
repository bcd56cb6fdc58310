import type { Node } from './job.ts';

/** So many are named: a thousand names would fill the history and the answers of tasks. */
const MOST_NAMED = 5;

/** Nodes for people: the first few by name, instance, market and zone, and how many more there are. */
export function nameNodes(nodes: readonly Node[]): string {
  const named = nodes.slice(0, MOST_NAMED).map(({ name, instanceId, market, zone }) => `${name} (${instanceId}, ${market} in ${zone})`);
  const more = nodes.length - named.length;
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`;
}
