import type { JobState, Outcome } from './types.ts';

/** The states that a job can be in, about in the order in which it passes them. */
export const jobStates: readonly JobState[] = [
  'PENDING', 'ACQUIRING_CAPACITY', 'PROVISIONING_FAILED', 'CONFIGURING', 'CONFIGURATION_FAILED', 'RUNNING', 'RUN_FAILED', 'SUCCEEDED', 'POST_RUN',
  'POST_RUN_FAILED', 'DESTROYING', 'DESTRUCTION_FAILED', 'DONE',
];

/** How a job can have ended. */
export const outcomes: readonly Outcome[] = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'NO_CAPACITY', 'INTERRUPTED'];
