import type { Outcome } from '@advanced-orchestrator/sdk';

/** What the program answers to the shell. */
export const exitCodes = {
  ok: 0,
  serviceFailed: 1,
  invalidInput: 2,
  interrupted: 130,
} as const;

/** What it answers when it has waited for a job. */
export const outcomeCodes: Readonly<Record<Outcome, number>> = {
  SUCCEEDED: 0,
  FAILED: 10,
  CANCELLED: 11,
  TIMED_OUT: 12,
  NO_CAPACITY: 13,
  INTERRUPTED: 14,
};

export const exitCodeHelp = `
Exit codes:
  0    done; of a job that was waited for (submit --wait, wait): SUCCEEDED
  1    the service refused or failed, or cannot be reached
  2    the command or the manifest is not right
  10   waited for: FAILED
  11   waited for: CANCELLED
  12   waited for: TIMED_OUT
  13   waited for: NO_CAPACITY
  14   waited for: INTERRUPTED
  130  Ctrl-C; the job goes on
`;
