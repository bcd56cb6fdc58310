import type { components, operations } from './openapi.ts';

type Schemas = components['schemas'];
type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>;

export type Job = Schemas['Job'];
export type JobDetail = Schemas['JobDetail'];
/** What machines cost, of a job in all and by pool and market. */
export type JobCost = Schemas['JobCost'];
export type SchedulerReport = Schemas['SchedulerReport'];
export type JobState = Job['state'];
export type Outcome = NonNullable<Job['outcome']>;
export type SubmittedJob = Schemas['SubmittedJob'];
export type DryRun = Schemas['DryRun'];
export type Submission = Schemas['Submission'];
export type Explanation = Schemas['Explanation'];
/** What ended or holds a job. */
export type Diagnosis = Schemas['Diagnosis'];
export type Finding = Schemas['Finding'];
export type Evidence = Schemas['Evidence'];
export type StepEnd = Schemas['StepEnd'];
export type CloudError = Schemas['CloudError'];
export type Queue = Schemas['Queue'];
/** What is known of capacity now. */
export type Capacity = Schemas['Capacity'];
export type ShareStanding = Schemas['ShareStanding'];
export type WaitingJob = Schemas['WaitingJob'];
export type JobEvent = Schemas['JobEvent'];
export type LogLine = Schemas['LogLine'];
export type Node = Schemas['Node'];
export type Attempt = Schemas['Attempt'];
export type ManifestVersion = Schemas['ManifestVersion'];
export type ManifestVersionDetail = Schemas['ManifestVersionDetail'];
export type ClusterDefinition = Schemas['ClusterDefinition'];
export type Validation = Schemas['Validation'];
export type Shares = Schemas['Shares'];
export type AppliedShares = Schemas['AppliedShares'];
export type ShareChange = Schemas['ShareChange'];
export type PauseRequest = Schemas['PauseRequest'];
/** What is held back: the whole queue, a namespace, a market, or an offering. */
export type PauseScope = PauseRequest['scope'];
export type PauseInForce = Schemas['PauseInForce'];
export type Resumed = Schemas['Resumed'];
export type Recount = Schemas['Recount'];
export type Recounted = Schemas['Recounted'];
export type AuditEntry = Schemas['AuditEntry'];
export type Problem = Schemas['Problem'];
export type ProblemEntry = Schemas['ProblemEntry'];
/** 0 to 1000, higher first, or the name of a class. */
export type Priority = Schemas['PriorityChange']['priority'];

/** Names a job. */
export interface JobRef {
  readonly namespace: string;
  readonly jobId: string;
}

/** Names a manifest. */
export interface ManifestRef {
  readonly namespace: string;
  readonly name: string;
}

/** Which jobs to list. */
export type JobFilter = Omit<QueryOf<'listJobs'>, 'cursor' | 'limit'>;

/** What of capacity to show. */
export interface CapacityFilter {
  /** At most 20. */
  readonly instanceTypes?: readonly string[];
  /** All where none is named. */
  readonly zones?: readonly string[];
}

/** Which lines of a log to read. */
export type LogFilter = Omit<QueryOf<'readLogs'>, 'cursor' | 'limit'>;

/** One page of a listing; `cursor` leads to the next and is absent on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** Which page of a listing. */
export interface PageRequest {
  readonly cursor?: string;
  /** How many entries, at most; a page may have fewer. */
  readonly limit?: number;
}

/** Ends a call early. */
export interface Abortable {
  readonly signal?: AbortSignal;
}

/** A document as text, in the format that its media type names. */
export interface DocumentText {
  readonly text: string;
  /** `application/yaml`, `application/json`; where absent the service looks at the text. */
  readonly mediaType?: string;
}
