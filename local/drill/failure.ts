import type { CauseCode } from '../../core/diagnosis/causes/causes.ts';
import type { ClusterDefinition } from '../../core/manifest/schema.ts';
import type { SpanSubject } from '../../core/trace/span.ts';
import type { Diagnosis, JobRef } from '../../sdk/src/index.ts';
import type { TakeBack } from '../account.ts';
import type { FaultChoice } from '../fleet/faults.ts';
import type { DrillCloud } from './cloud.ts';

/** What an answer must rest on: all that is given must be in its evidence. */
export interface ExpectedEvidence {
  readonly state: Diagnosis['evidence']['state'];
  /** Of the cloud, with the id of a request, as AWS support asks for it. */
  readonly awsCode?: string;
  readonly exitCode?: number;
  readonly signal?: string;
  /** On which it failed. */
  readonly node?: string;
  /** In the last lines of the step. */
  readonly line?: string;
  /** In the sentence itself: who it was, or what. */
  readonly says?: string;
  /** Type of an entry of the history. */
  readonly event?: Diagnosis['evidence']['events'][number]['type'];
}

/** When the cause is asked for: once the job has ended, or while it waits. */
type AskedWhen = 'ended' | 'waiting';

/** A span that has to be marked as failed. */
interface FailedSpan {
  readonly subject: SpanSubject;
  readonly name: string;
}

/** What rings, and at what time after the failure it is looked at: where nothing else happens in between, later is as good as waiting. */
interface ExpectedAlarm {
  readonly id: string;
  readonly afterMinutes?: number;
}

/** A kind of failure: how it is brought about, and what must be said of it. */
export interface Failure {
  /** What is done, as the page of failures says it. */
  readonly how: string;
  readonly manifest: ClusterDefinition;
  /** Faults of the fleet for whatever carries the job's namespace: they stand before the job is there. */
  readonly faults?: readonly FaultChoice[];
  /** Faults for whatever names the job's id, which is all that some requests do. */
  readonly faultsOfJob?: readonly FaultChoice[];
  /** Done before the submission. */
  readonly prepare?: (cloud: DrillCloud) => Promise<void | TakeBack>;
  /** Done once the job is submitted. */
  readonly drive?: (cloud: DrillCloud, job: JobRef) => Promise<void | TakeBack>;
  readonly asked: AskedWhen;
  readonly cause: CauseCode;
  readonly evidence: ExpectedEvidence;
  /** `undefined`: nothing failed, and no span must say that it did. */
  readonly span: FailedSpan | undefined;
  readonly alarm?: ExpectedAlarm;
  /** Its spans are received by nobody. */
  readonly untold?: true;
  /** So many machines that nothing else gets on beside them: it comes after the others. */
  readonly heavy?: true;
  /** Takes long, and needs no scheduler for most of that. */
  readonly long?: true;
  /** Stops a part that all jobs need: it comes after the others, alone. Of the scheduler, after those that are not `long`. */
  readonly stops?: 'scheduler' | 'telemetry';
}

/** All failures, by what happens. */
export type Failures = Readonly<Record<string, Failure>>;
