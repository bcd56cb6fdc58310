import type { LaunchOutcome, PlannedLaunch } from './gang.ts';

/** The outcome of a launch that was refused as a whole for lack of something: nothing of what it names is there. */
export function unavailableOutcome({ zones, instanceTypes, market }: PlannedLaunch, code: string, message: string): LaunchOutcome {
  const unavailable = zones.flatMap((zone) => instanceTypes.map((instanceType) => ({ offering: { instanceType, zone, market }, code, message })));
  return { launched: [], unavailable };
}
