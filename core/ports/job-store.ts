import type { Attempt, Job, JobEvent, Node } from '../job/job.ts';
import type { JobId, EpochMs } from '../job/ids.ts';
import type { JobChange, ParkedEntry } from '../lifecycle/change.ts';
import type { StepRecord, Wait } from '../lifecycle/wait.ts';
import type { LaunchRecord } from '../capacity/gang.ts';
import type { JobState, Outcome } from '../lifecycle/states.ts';
import type { NewManifestVersion } from './manifest-store.ts';
import type { Page } from './page.ts';

export interface JobFilter {
  readonly namespace: string;
  readonly state?: JobState;
  readonly outcome?: Outcome;
  readonly user?: string;
  readonly label?: { readonly key: string; readonly value: string };
}

/** All that a submission writes, in one transaction. */
export interface Submission {
  /** With `manifest`, its version number is not known yet and is filled in by the store. */
  readonly job: Job;
  /** A manifest that came with the job: its version is written (or the one that has this digest is named) in the same transaction. */
  readonly manifest?: NewManifestVersion;
  readonly events: readonly JobEvent[];
  readonly script?: string;
  readonly idempotency?: { readonly key: string; readonly requestDigest: string; readonly expiresAtMs: EpochMs };
}

export type SubmitResult = { readonly kind: 'created'; readonly job: Job } | EarlierSubmission;

/** What came of the submission that had the same idempotency key. */
export type EarlierSubmission =
  /** It was the same request: the job it made then. */
  | { readonly kind: 'replayed'; readonly job: Job }
  /** It was another request. */
  | { readonly kind: 'keyReused' };

/**
 * Jobs and their history. Reads of single jobs are strongly consistent; lists may lag a little.
 * `commit` throws `VersionConflictError` if the job has changed since it was read: read and decide again.
 */
export interface JobStore {
  /** Job, queue entry, events, script and idempotency record: all or nothing. */
  submit(submission: Submission): Promise<SubmitResult>;
  /** What `submit` would answer by the submission's idempotency key alone; `undefined`: the key is new, or there is none. */
  earlier(submission: Submission): Promise<EarlierSubmission | undefined>;
  get(jobId: JobId): Promise<Job | undefined>;
  /** As `get` at half the price, and perhaps as the job was a moment ago: for whoever commits on it, or looks again. */
  peek(jobId: JobId): Promise<Job | undefined>;
  /** Both in one read. */
  getWithWait(jobId: JobId): Promise<{ readonly job?: Job; readonly wait?: Wait }>;
  /** Newest first. */
  list(filter: JobFilter, limit: number, cursor?: string): Promise<Page<Job>>;
  commit(change: JobChange): Promise<void>;
  script(jobId: JobId): Promise<string | undefined>;
  /** In order of their number. */
  events(jobId: JobId, limit: number, cursor?: string): Promise<Page<JobEvent>>;
  /** The last so many entries of a history, in order of their number; fewer where they are large. */
  latestEvents(jobId: JobId, limit: number): Promise<readonly JobEvent[]>;
  attempts(jobId: JobId): Promise<readonly Attempt[]>;
  attempt(jobId: JobId, attempt: number): Promise<Attempt | undefined>;
  /** Sets `executionArn`; nothing else of the attempt. */
  recordExecution(jobId: JobId, attempt: number, executionArn: string): Promise<void>;
  /** Attempts whose machines may exist, of all namespaces; eventually consistent. */
  activeAttempts(limit: number, cursor?: string): Promise<Page<Attempt>>;
  parked(jobId: JobId): Promise<ParkedEntry | undefined>;
}

/** What an attempt leaves behind while it works: launches, nodes, steps, and the token it waits for. */
export interface AttemptStore {
  /** Writes a launch before its call; throws `VersionConflictError` if the ordinal is taken. */
  openLaunch(launch: LaunchRecord): Promise<void>;
  closeLaunch(launch: LaunchRecord): Promise<void>;
  launches(jobId: JobId, attempt: number): Promise<readonly LaunchRecord[]>;
  putNodes(jobId: JobId, attempt: number, nodes: readonly Node[]): Promise<void>;
  nodes(jobId: JobId, attempt: number): Promise<readonly Node[]>;
  /** As `nodes` at half the price, and perhaps as they were a moment ago: for whoever only names them. */
  peekNodes(jobId: JobId, attempt: number): Promise<readonly Node[]>;
  /** Creates the record; answers the one that was there if the step was begun before. */
  beginStep(step: StepRecord): Promise<StepRecord>;
  /** Replaces the record of a step that has not ended; `false` where it has: of several that see its end, one tells it. */
  updateStep(step: StepRecord): Promise<boolean>;
  step(jobId: JobId, attempt: number, step: string): Promise<StepRecord | undefined>;
  /** Whether nobody noted this of the attempt before: of many that see the same, one tells it. */
  noteOnce(jobId: JobId, attempt: number, about: string): Promise<boolean>;
  putWait(wait: Wait): Promise<void>;
  /** The latest wait of the job; its token may have been answered since, which answering it again tells. */
  wait(jobId: JobId): Promise<Wait | undefined>;
}
