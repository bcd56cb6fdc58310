import type { EpochMs } from '../job/ids.ts';
import type { JobEvent, Reason, SchedulerReport } from '../job/job.ts';
import type { JobState, Outcome } from '../lifecycle/states.ts';
import type { Bearing } from './cause.ts';
import type { CauseCode } from './causes/causes.ts';

/** How sure it is that a cause is the one, the surest first. */
export const certainties = ['certain', 'likely', 'possible'] as const;

export type Certainty = (typeof certainties)[number];

/** A cause that fits a job. */
export interface Finding {
  readonly cause: CauseCode;
  /** What happened to this very job. */
  readonly sentence: string;
  readonly certainty: Certainty;
}

/** An error of the cloud, once for all launches that it came of. */
export interface CloudError {
  readonly code: string;
  readonly message?: string;
  /** Of the latest call that it came of: what AWS support asks for. */
  readonly requestId?: string;
  /** `workers: c6i.large spot in us-east-1a` */
  readonly places: readonly string[];
  /** How many calls it came of. */
  readonly calls: number;
}

/** The step that ended badly. */
export interface StepEnd {
  /** Its key: `run/0`. */
  readonly key: string;
  readonly name: string;
  /** The first node that failed, by rank; absent where all are meant, or none was named. */
  readonly node?: string;
  /** On how many others it failed. */
  readonly otherNodes: number;
  readonly exitCode?: number;
  /** Where the exit code says one: `SIGKILL`. */
  readonly signal?: string;
}

/** What a diagnosis rests on. */
export interface Evidence {
  readonly state: JobState;
  readonly outcome?: Outcome;
  readonly attempt: number;
  readonly reason?: Reason;
  readonly step?: StepEnd;
  readonly scheduler?: SchedulerReport;
  readonly cloud: readonly CloudError[];
  readonly events: readonly Pick<JobEvent, 'number' | 'atMs' | 'type' | 'message'>[];
  /** The last lines of the step that failed; without time and node where the history has them and the log has not. */
  readonly lines: readonly { readonly atMs?: EpochMs; readonly node?: string; readonly message: string }[];
  /** Why these are not those of the log. */
  readonly linesNote?: string;
  /** How earlier attempts ended. */
  readonly earlier: readonly { readonly attempt: number; readonly outcome?: Outcome; readonly message?: string }[];
}

/** Why a job is where it is, or ended as it did. */
export interface Diagnosis extends Finding {
  readonly bearing: Bearing;
  readonly evidence: Evidence;
  readonly youCanDo: readonly string[];
  readonly operatorCanDo: readonly string[];
  readonly runbook: string;
  /** What else fits, the likeliest first. */
  readonly others: readonly Finding[];
}
