import type { ListedShare } from './listed-share.ts';

/** All cycles of parents, each once, in the order of the list and beginning with the share that comes first in it. */
export function findCycles(shares: readonly ListedShare[], byName: ReadonlyMap<string, ListedShare>): readonly (readonly ListedShare[])[] {
  const cycles: (readonly ListedShare[])[] = [];
  const done = new Set<ListedShare>();
  for (const start of shares) {
    const path: ListedShare[] = [];
    const onPath = new Set<ListedShare>();
    let share: ListedShare | undefined = start;
    while (share !== undefined && !done.has(share) && !onPath.has(share)) {
      path.push(share);
      onPath.add(share);
      share = share.parent === undefined ? undefined : byName.get(share.parent);
    }
    if (share !== undefined && onPath.has(share)) cycles.push(fromFirst(path.slice(path.indexOf(share))));
    for (const each of path) done.add(each);
  }
  return cycles;
}

function fromFirst(cycle: readonly ListedShare[]): readonly ListedShare[] {
  const first = cycle.reduce((best, { index }, i) => (index < (cycle[best]?.index ?? 0) ? i : best), 0);
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
