/** The states of a job, exactly those of the lifecycle diagram in docs/architecture.md. */
export const jobStates = [
  'PENDING',
  'ACQUIRING_CAPACITY',
  'PROVISIONING_FAILED',
  'CONFIGURING',
  'CONFIGURATION_FAILED',
  'RUNNING',
  'RUN_FAILED',
  'SUCCEEDED',
  'POST_RUN',
  'POST_RUN_FAILED',
  'DESTROYING',
  'DESTRUCTION_FAILED',
  'DONE',
] as const;

export type JobState = (typeof jobStates)[number];

/** Why a job ended. The state says where it is, the outcome how it went; the first failure decides it. */
export const outcomes = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'NO_CAPACITY', 'INTERRUPTED'] as const;

export type Outcome = (typeof outcomes)[number];

/** States from which no arrow leaves: the execution is over. */
export const terminalStates = ['PROVISIONING_FAILED', 'DESTRUCTION_FAILED', 'DONE'] as const satisfies readonly JobState[];

/** Whether a job in this state has ended. */
export function isTerminal(state: JobState): boolean {
  return (terminalStates as readonly JobState[]).includes(state);
}

/** Whether a cancel is still accepted: from DESTROYING on there is nothing left to stop. */
export function isCancellable(state: JobState): boolean {
  return !isTerminal(state) && state !== 'DESTROYING';
}
