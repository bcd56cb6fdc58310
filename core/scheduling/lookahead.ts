import type { SchedulingPolicy } from './policy.ts';

/** Jobs that a cycle looks at and cannot start. */
const IN_ALL = 1000;
const FEWEST_PER_LANE = 10;
const MOST_PER_LANE = 100;

/** How far a cycle looks past jobs that cannot start: the more lanes have jobs, the less far into each. */
export function lookaheadFor(lanes: number): SchedulingPolicy['lookahead'] {
  return { perLane: Math.min(MOST_PER_LANE, Math.max(FEWEST_PER_LANE, Math.floor(IN_ALL / Math.max(lanes, 1)))), inAll: IN_ALL };
}
