import { measurement, type Measurement } from './catalogue.ts';

/** What a pass of the reconciler found. */
export interface Reconciled {
  /** Absent: the instances could not be listed. */
  readonly orphansTerminated?: number | undefined;
  readonly jobsStuck?: number;
  /** How many could not be looked at; absent, as the count of those that are stuck: they could not be listed. */
  readonly attemptsUnread?: number;
}

/**
 * Of one pass, zeros too: an alarm that was set off must see that it is over. What is not known is not said: that no job is
 * stuck only where all were looked at, for of a few minutes the least is what counts.
 */
export function reconciliationMeasurements({ orphansTerminated, jobsStuck = 0, attemptsUnread = 1 }: Reconciled): readonly Measurement[] {
  return [
    ...(orphansTerminated === undefined ? [] : [measurement('OrphansTerminated', orphansTerminated, {})]),
    ...(jobsStuck === 0 && attemptsUnread > 0 ? [] : [measurement('JobsStuck', jobsStuck, {})]),
  ];
}
