import { measurement, type Measurement } from './catalogue.ts';

/** What a pass of the reconciler found. */
export interface Reconciled {
  /** Absent: the instances could not be listed. */
  readonly orphansTerminated?: number | undefined;
  readonly jobsStuck?: number;
  readonly machinesLeft?: number;
  /** How many could not be looked at; absent, as the counts before it: they could not be listed. */
  readonly attemptsUnread?: number;
}

/**
 * Of one pass, zeros too: an alarm that was set off must see that it is over. What is not known is not said: that no job is
 * stuck, or has machines left, only where all were looked at.
 */
export function reconciliationMeasurements({ orphansTerminated, jobsStuck = 0, machinesLeft = 0, attemptsUnread = 1 }: Reconciled): readonly Measurement[] {
  const isKnown = (count: number): boolean => count > 0 || attemptsUnread === 0;
  return [
    ...(orphansTerminated === undefined ? [] : [measurement('OrphansTerminated', orphansTerminated, {})]),
    ...(isKnown(jobsStuck) ? [measurement('JobsStuck', jobsStuck, {})] : []),
    ...(isKnown(machinesLeft) ? [measurement('MachinesLeft', machinesLeft, {})] : []),
  ];
}
