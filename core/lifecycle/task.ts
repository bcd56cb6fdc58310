import type { Outcome, JobState } from './states.ts';
import type { EpochMs } from '../job/ids.ts';
import type { Reason } from '../job/job.ts';

/** The three phases in which steps run on nodes. */
export const phases = ['configure', 'run', 'postRun'] as const;
export type Phase = (typeof phases)[number];

/**
 * How a task of the state machine, or a task token, can answer. Everything expected is an answer on which the machine
 * branches with a Choice; thrown errors are for the unexpected.
 */
export const answerKinds = [
  /** acquire-capacity */ 'acquired', 'short', 'rejected', 'leaked',
  /** the parked job's token */ 'turn',
  /** await-nodes */ 'online', 'pending',
  /** run-step */ 'stepDone', 'phaseDone', 'failed', 'released',
  /** anywhere */ 'cancelled', 'timedOut', 'interrupted', 'error',
  /** whoever sees that a node is lost */ 'replace',
  /** destroy */ 'gone', 'remaining',
  /** finish */ 'ended', 'retried',
] as const;

export type AnswerKind = (typeof answerKinds)[number];

/** What a task answers: small, JSON-safe, at most a few hundred bytes. */
export interface TaskAnswer {
  readonly kind: AnswerKind;
  readonly reason?: Reason;
  readonly exitCode?: number;
  /** `short`: when something may be tried again. */
  readonly untilMs?: EpochMs;
  /** `short`: keys of the scopes whose cooldowns end then. */
  readonly waitsFor?: readonly string[];
  /** `short`: nothing that others find out brings that time forward. */
  readonly byClock?: true;
}

/**
 * What the state machine sends to each task. `enter` is the path of states that the job takes before the task works,
 * starting after the state it is in; a task that is invoked again finds the job at the path's end and goes on.
 */
export interface TaskInput {
  readonly jobId: string;
  readonly attempt: number;
  readonly enter: readonly JobState[];
  /** The answer that led here: it decides outcome and reason where a state needs them. */
  readonly result?: TaskAnswer;
  readonly phase?: Phase;
  /** Index of the step within its phase; while nodes are awaited, of the run's step that goes on meanwhile. */
  readonly step?: number;
  /**
   * How often lost nodes of the attempt were replaced, this time included; absent or 0: none was lost. A step of the run has
   * it only where it is gone back to.
   */
  readonly round?: number;
  readonly token?: string;
}

/** Which outcome an answer means when it ends an attempt. `undefined`: it does not end one. */
export const outcomeOf: Readonly<Record<AnswerKind, Outcome | undefined>> = {
  acquired: undefined, short: undefined, rejected: 'FAILED', leaked: 'NO_CAPACITY',
  turn: undefined, online: undefined, pending: undefined,
  stepDone: undefined, phaseDone: 'SUCCEEDED', failed: 'FAILED', released: 'SUCCEEDED',
  cancelled: 'CANCELLED', timedOut: 'TIMED_OUT', interrupted: 'INTERRUPTED', error: 'FAILED', replace: 'INTERRUPTED',
  gone: undefined, remaining: undefined, ended: undefined, retried: undefined,
};
