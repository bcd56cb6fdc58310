import type { GangSize } from './launcher.ts';
import type { CapacityTrace } from './trace.ts';

/** What is to be known with a result: what the trace says, and what the replay takes for granted. */
export function remarksOn(trace: CapacityTrace, { nodes, spread }: GangSize): readonly string[] {
  return [
    ...(trace.kind === 'availability' ? availabilityRemarks(nodes) : countRemarks(trace, nodes)),
    'Measured on spot machines; nothing is said of on-demand.',
    'Between two measurements the earlier one is taken to hold: nothing is said of what happens faster than they were made.',
    'A gang once had is kept for its time: interruptions are not simulated. A launch call takes no time.',
    'A job without a gang when the trace ends counts with its wait until then.',
    ...(spread === 'Single' || nodes === 1 || trace.zones.length < 2 ? [] : ['Gangs may be split over zones: compare with --spread Single.']),
  ];
}

function availabilityRemarks(nodes: number): readonly string[] {
  return [
    'The trace says whether one machine could be launched: jobs do not take capacity from each other.',
    ...(nodes > 1 ? [`It does not say whether ${nodes} machines could: results for gangs of more than one mean little.`] : []),
  ];
}

function countRemarks(trace: CapacityTrace, nodes: number): readonly string[] {
  const most = Math.max(...[...trace.levels.values()].flat());
  return [
    `The trace says how many of at most ${most} machines could be launched: gangs that stand take theirs away from the others. Where it says ${most} there may have been more.`,
    ...(nodes > most ? [`No zone ever shows ${nodes}: a gang of so many cannot stand in one.`] : []),
  ];
}
