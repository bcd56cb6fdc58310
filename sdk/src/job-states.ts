import type { JobState, Outcome } from './types.ts';

/** All of them: one that is missing here, or too many, does not compile. */
const stateIsKnown: Readonly<Record<JobState, true>> = {
  PENDING: true,
  ACQUIRING_CAPACITY: true,
  PROVISIONING_FAILED: true,
  CONFIGURING: true,
  CONFIGURATION_FAILED: true,
  RUNNING: true,
  RUN_FAILED: true,
  SUCCEEDED: true,
  POST_RUN: true,
  POST_RUN_FAILED: true,
  DESTROYING: true,
  DESTRUCTION_FAILED: true,
  DONE: true,
};

const outcomeIsKnown: Readonly<Record<Outcome, true>> = { SUCCEEDED: true, FAILED: true, CANCELLED: true, TIMED_OUT: true, NO_CAPACITY: true, INTERRUPTED: true };

/** The states that a job can be in, about in the order in which it passes them. */
export const jobStates = Object.keys(stateIsKnown) as readonly JobState[];

/** How a job can have ended. */
export const outcomes = Object.keys(outcomeIsKnown) as readonly Outcome[];
