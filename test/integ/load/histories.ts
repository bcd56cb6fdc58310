import { isPath } from '../../../core/lifecycle/transitions.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import type { JobEvent } from '../../../sdk/src/index.ts';

/** What is wrong with a job's history, if anything: gaps in its numbers, arrows that the lifecycle has not, no end or two. */
export function flawsOf(events: readonly JobEvent[]): readonly string[] {
  const changes = events.filter(({ type }) => type === 'StateChanged');
  const path = [changes[0]?.from, ...changes.map(({ to }) => to)].filter((state) => state !== undefined);
  const ends = path.filter((state) => isTerminal(state));
  return [
    ...(events.every(({ number }, i) => number === i + 1) ? [] : [`numbered ${events.map(({ number }) => number).join(' ')}`]),
    ...(isPath(path) && changes.every(({ from }, i) => from === path[i]) ? [] : [`went ${path.join(' → ')}`]),
    ...(ends.length === 1 && path.at(-1) === ends[0] ? [] : [`ended ${ends.join(', ') || 'never'}`]),
  ];
}

/** The most jobs that held limits at the same time, by what their histories say. */
export function mostHolders(histories: readonly (readonly JobEvent[])[]): number {
  const changes = histories.flatMap(holdings).toSorted((a, b) => a.atMs - b.atMs || a.by - b.by);
  let most = 0;
  changes.reduce((now, { by }) => {
    most = Math.max(most, now + by);
    return now + by;
  }, 0);
  return most;
}

interface Holding {
  readonly atMs: number;
  readonly by: 1 | -1;
}

/** When a job took its limits and gave them back: a parked job holds none. */
function holdings(events: readonly JobEvent[]): readonly Holding[] {
  const found: Holding[] = [];
  let holds = false;
  for (const { type, at, from, to } of events) {
    const takes = (type === 'StateChanged' && from === 'PENDING' && to === 'ACQUIRING_CAPACITY') || type === 'TurnGiven';
    const gives = type === 'Parked' || (type === 'StateChanged' && to !== undefined && isTerminal(to));
    if (takes !== gives && takes !== holds) {
      holds = takes;
      found.push({ atMs: Date.parse(at), by: takes ? 1 : -1 });
    }
  }
  return found;
}
