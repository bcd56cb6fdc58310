import type { EpochMs, InstanceId, JobId } from '../job/ids.ts';
import type { TaskAnswer } from './task.ts';

/**
 * The task token that the running execution of an attempt waits for, and what it waits for. An execution is
 * sequential, so there is at most one per job; the next wait replaces it.
 */
export interface Wait {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly attempt: number;
  readonly token: string;
  /** `release`: an interactive cluster without a job of its own. */
  readonly purpose: 'park' | 'step' | 'release';
  /** Its key, for `step`. */
  readonly step?: string;
  readonly sinceMs: EpochMs;
  /** When the step is out of time; absent for a step bounded by the TTL only. */
  readonly deadlineMs?: EpochMs;
}

/**
 * The record of a step, written before its command is sent, so that a task that runs again attaches and does not
 * send twice. `sends` counts commands: a job may outlive SSM's 48 h and is then attached to again.
 */
export interface StepRecord {
  readonly jobId: JobId;
  readonly attempt: number;
  /** As `stepKey` makes it: a step is done once in each round of the configuration. */
  readonly step: string;
  readonly name: string;
  /** Ranks on which the step runs; it is done only when every one of them has answered. */
  readonly ranks: 'all' | 'head';
  /** One of the orchestrator itself. */
  readonly system?: true;
  /** Whether the phase is done with this step. */
  readonly last: boolean;
  readonly commandId?: string;
  readonly sends: number;
  /** How many nodes the last command was sent to. */
  readonly sentTo?: number;
  readonly startedAtMs: EpochMs;
  /** When the step is out of time; absent for a step bounded by the TTL only. */
  readonly deadlineMs?: EpochMs;
  readonly finishedAtMs?: EpochMs;
  readonly exitCode?: number;
  /** How the step ended, once `finishedAtMs` is set: kept so that a lost answer can be given again. */
  readonly answer?: TaskAnswer;
  /** It was ended since its round is over: the history does not tell of its end. */
  readonly left?: true;
  /** Nodes for which the step was given up since they never booted: whoever replaces lost nodes sees them run. */
  readonly unbooted?: readonly InstanceId[];
}
