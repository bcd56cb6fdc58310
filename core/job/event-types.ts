/** Types of a job's history entries, in one list: what `JobEvent.type` may be. */
export const eventTypes = [
  'JobSubmitted',
  'StateChanged',
  'PriorityChanged',
  'CancelRequested',
  'ReleaseRequested',
  'LaunchTried',
  'GangReleased',
  'Parked',
  'TurnGiven',
  'CapacityAcquired',
  'NodeReplaced',
  'NodeSpared',
  'NodesOnline',
  'StepStarted',
  'StepFinished',
  'NodeInterrupted',
  'NodeLost',
  'RuntimeSubstituted',
  'AttemptRetried',
  'NodesGone',
  'Reconciled',
] as const;

export type JobEventType = (typeof eventTypes)[number];
